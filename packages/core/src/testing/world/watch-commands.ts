import type { CommandRequest } from '../../commands/commands'
import type { World } from './world'

/**
 * **I15**: hears of every command a server answered and ends the run when one key, sent again with the same content, gets
 * another answer than the first time.
 */
export function watchCommands(world: World): void {
  const answers = new Map<string, { readonly asked: string; readonly answered: string }>()
  world.onExchange(({ request, response }) => {
    if (!/\/v1\/commands$/.test(request.url) || (response.status !== 200 && response.status !== 409)) return
    const { key, operation, payload } = JSON.parse(request.body || '') as CommandRequest
    const asked = JSON.stringify([operation, payload])
    const answered = `${response.status} ${response.text}`
    const before = answers.get(key)
    if (!before) answers.set(key, { asked, answered })
    else if (before.asked === asked && before.answered !== answered)
      world.broken('I15', `${operation} ${key} was answered ${before.answered}, then ${answered}`)
  })
}
