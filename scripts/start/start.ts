import { runStory } from '../../examples/one-basket/src/story/run-story'
import { say } from '../repository'

const once = process.argv.includes('--once')
if (once) {
  try {
    const result = await runStory({ say, keep: process.argv.includes('--keep') })
    const { facts, quotes, redemptions, planted, found } = result
    say(`RESULT ${JSON.stringify(result)}`)
    process.exit(facts.missing === 0 && quotes.mismatches === 0 && redemptions.over === 0 && found === planted ? 0 : 1)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  }
}
