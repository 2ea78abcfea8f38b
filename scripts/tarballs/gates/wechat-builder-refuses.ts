import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Gate } from '../gate'
import { projectOf, refusedByWechat } from '../wrong-packages'
import { buildForWechat } from './wechat-builder'

/** The builder itself is tested: it must refuse four wrong packages, each for its own reason, and take the sound one. */
export const wechatBuilderRefuses: Gate = {
  name: "WeChat's npm builder refuses wrong packages",
  async look(project) {
    const below = join(project.folder, 'wrong')
    rmSync(below, { recursive: true, force: true })
    mkdirSync(below, { recursive: true })
    const wrong: string[] = []
    const sound = await buildForWechat(projectOf(below))
    if ('skipped' in sound) return sound
    if (sound.faults.length) wrong.push(`the sound package was refused: ${sound.faults.join('; ')}`)
    for (const [name, { made, words }] of Object.entries(refusedByWechat)) {
      const built = await buildForWechat(projectOf(below, made))
      if ('skipped' in built) return built
      if (!built.faults.some((fault) => words.test(fault))) wrong.push(`${name} was not refused: ${built.faults.join('; ') || 'no fault'}`)
    }
    return wrong
  },
}
