import { OmoError } from '@omokit/core'
import * as planEntry from '@omokit/core/plan'
import type { Plan } from '@omokit/core/plan'
import { createJiti } from 'jiti'

/** The plan a TypeScript or JavaScript file exports as `plan` or by default. Throws `invalid` when there is none. */
export async function readPlan(path: string): Promise<Plan> {
  // the file gets the very definePlan this command was built with; zod it brings itself
  const jiti = createJiti(path, { fsCache: false, moduleCache: false, virtualModules: { '@omokit/core/plan': planEntry } })
  const loaded = await jiti.import<Readonly<Record<string, unknown>>>(path)
  const plan = [loaded['plan'], loaded['default']].find(isPlan)
  if (!plan) throw new OmoError('invalid', `${path} exports no plan: export const plan = definePlan({ … })`)
  return plan
}

function isPlan(value: unknown): value is Plan {
  const { name, version, events } = (value ?? {}) as Partial<Plan>
  return typeof name === 'string' && typeof version === 'number' && typeof events === 'object' && events !== null
}
