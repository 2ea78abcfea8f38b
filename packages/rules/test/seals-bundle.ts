import { bundle } from '../../../scripts/engines/bundle'

/** The pricing of the first `count` random baskets as one ES2017 file; its answer is the hash over their seals. */
export async function sealsBundle(count: number): Promise<string> {
  return bundle({ text: `import { sealsOfSeeds } from './seals-of-seeds'\nexport const answer = sealsOfSeeds(${count})`, dir: import.meta.dirname })
}
