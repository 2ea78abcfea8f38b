import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../repository'
import type { Size } from './measure-sizes'

/** What a scenario must and should weigh at most, gzip bytes. */
export interface Floor {
  readonly id: string
  readonly floor: number
  readonly stretch: number
}

/** The size figures of bench/figures.json by id. */
export function readFloors(): ReadonlyMap<string, Floor> {
  const { figures } = JSON.parse(readFileSync(join(root, 'bench/figures.json'), 'utf8')) as {
    readonly figures: readonly (Floor & { readonly bench: string })[]
  }
  return new Map(figures.filter(({ bench }) => bench === 'size').map((figure) => [figure.id, figure]))
}

/** Scenarios above their floor, and figures that nothing measures. */
export function floorFaults(sizes: readonly Size[], floors: ReadonlyMap<string, Floor>): readonly string[] {
  const heavy = sizes.flatMap(({ id, gzip }) => {
    const floor = floors.get(id)?.floor
    return floor !== undefined && gzip > floor ? [`${id}: ${gzip} B gzip, floor ${floor}`] : []
  })
  return [...heavy, ...[...floors.keys()].filter((id) => !sizes.some((one) => one.id === id)).map((id) => `${id}: is not measured`)]
}
