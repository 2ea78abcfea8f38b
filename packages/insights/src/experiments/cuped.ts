import { accept, check, checkEach, refuse, type Result } from '../result'

/** One unit of an experiment. */
export interface CupedUnit {
  /** What is measured, before the experiment. */
  readonly before: number
  /** The same in the experiment. */
  readonly after: number
  readonly arm: 0 | 1
}

export interface Cuped {
  /** Slope of `after` over `before`, over all units of both arms. */
  readonly theta: number
  /** Mean of arm 1 less mean of arm 0, as measured. */
  readonly raw: number
  /** The same after what was there before is taken out. */
  readonly adjusted: number
  /** Variance left: 0.25 needs a quarter of the units for the same answer. */
  readonly varianceRatio: number
}

/**
 * Takes out what units differed in before the experiment started. Without variation before, nothing is taken out.
 * A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled experiments", 2013.
 */
export function cuped(units: readonly CupedUnit[]): Result<Cuped> {
  const sizes = [0, 1].map((arm) => units.filter((unit) => unit.arm === arm).length)
  const wrong =
    checkEach('units', units, ({ before, after }) => check('before', before) || check('after', after)) ||
    (sizes[0] && sizes[1] ? undefined : refuse('invalid', 'units', sizes.join(), 'both arms'))
  if (wrong) return wrong
  const mean = (of: (unit: CupedUnit) => number, among: readonly CupedUnit[] = units): number => among.reduce((sum, unit) => sum + of(unit), 0) / among.length
  const before = mean((unit) => unit.before)
  const after = mean((unit) => unit.after)
  const together = mean((unit) => (unit.before - before) * (unit.after - after))
  const theta = together / mean((unit) => (unit.before - before) ** 2) || 0
  const adjust = (unit: CupedUnit): number => unit.after - theta * (unit.before - before)
  const difference = (of: (unit: CupedUnit) => number): number => {
    const [none, some] = [0, 1].map((arm) =>
      mean(
        of,
        units.filter((unit) => unit.arm === arm),
      ),
    ) as [number, number]
    return some - none
  }
  const spread = mean((unit) => (unit.after - after) ** 2)
  const left = mean((unit) => (adjust(unit) - after) ** 2)
  return accept({ theta, raw: difference((unit) => unit.after), adjusted: difference(adjust), varianceRatio: spread ? left / spread : 1 })
}
