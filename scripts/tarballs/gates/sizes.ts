import { measureSizes } from '../../size/measure-sizes'
import { growthFaults, readHistory } from '../../size/size-history'
import type { Gate } from '../gate'

/** Every size scenario, bundled from the installed packages, is no heavier than the last row on record; floors are `npm run size`'s. */
export const sizes: Gate = {
  name: 'sizes grow only on record',
  async look(project) {
    return growthFaults(await measureSizes(project.folder), readHistory().at(-1))
  },
}
