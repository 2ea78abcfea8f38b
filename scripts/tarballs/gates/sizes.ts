import { floorFaults, readFloors } from '../../size/floors'
import { measureSizes } from '../../size/measure-sizes'
import { growthFaults, readHistory } from '../../size/size-history'
import type { Gate } from '../gate'

/** Every size scenario, bundled from the installed packages: at or under its floor, and no heavier than the last row on record. */
export const sizes: Gate = {
  name: 'sizes under their floors, growth on record',
  async look(project) {
    const rows = await measureSizes(project.folder)
    return [...floorFaults(rows, readFloors()), ...growthFaults(rows, readHistory().at(-1))]
  },
}
