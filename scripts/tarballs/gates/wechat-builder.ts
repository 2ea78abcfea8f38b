import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Gate, Project } from '../gate'
import { clientsAlone } from '../clients-alone'
import { tool } from '../npm'
import { run } from '../run'

/** WeChat's own builder takes every client package without a warning; it skips what it cannot take, and says so only there. */
export const wechatBuilder: Gate = {
  name: "WeChat's npm builder takes every client package",
  look: async (project) => {
    const built = await buildForWechat(project)
    return 'faults' in built ? built.faults : built
  },
}

/** What the builder made of a project: its faults, and the folder with `miniprogram_npm`. */
export type WechatBuild = { readonly faults: readonly string[]; readonly folder: string } | { readonly skipped: string }

/** Runs `miniprogram-ci` packNpm, without a network, over a mini-program that installs the project's client packages. */
export async function buildForWechat(project: Project): Promise<WechatBuild> {
  const folder = join(project.folder, 'wechat')
  const builder = await tool('miniprogram-ci', { 'miniprogram-ci': '2.1.42' })
  if ('skipped' in builder) return builder
  if ('fault' in builder) return { faults: [builder.fault], folder }
  const client = clientsAlone(project, folder).packages
  writeFileSync(join(folder, 'project.config.json'), JSON.stringify({ appid: 'wx0000000000000000', compileType: 'miniprogram', miniprogramRoot: './' }))
  writeFileSync(join(folder, 'app.json'), JSON.stringify({ pages: ['index'] }))
  writeFileSync(join(folder, 'pack.cjs'), script)
  const { good, output } = await run(process.execPath, ['pack.cjs', builder.folder], { cwd: folder, env: { http_proxy: '', https_proxy: '' } })
  const [, said] = /^RESULT (.*)$/m.exec(output) ?? []
  if (!good || !said) return { faults: [`the builder stopped: ${/^FAULT (.*)$/m.exec(output)?.[1] ?? output}`], folder }
  const { warnings, taken } = JSON.parse(said) as { readonly warnings: readonly { readonly jsPath?: string; readonly msg?: string }[]; readonly taken: number }
  const faults = warnings.map(({ jsPath, msg }) => `${msg ?? 'a warning'}: ${jsPath ?? ''}`)
  // a package counts as copied when its `miniprogram` folder was taken as it stands
  if (taken !== client.length) faults.push(`${taken} of ${client.length} packages were taken by their miniprogram folder`)
  return { faults, folder }
}

const script = `const ci = require(process.argv[2] + '/node_modules/miniprogram-ci')
const project = new ci.Project({ appid: 'wx0000000000000000', type: 'miniProgram', projectPath: process.cwd(), privateKey: 'none', ignores: [] })
let taken = 0
ci.packNpm(project, { reporter: (report) => (taken = report.miniprogram_pack_num) }).then(
  (warnings) => console.log('RESULT ' + JSON.stringify({ taken, warnings: warnings.map(({ jsPath, msg }) => ({ jsPath, msg })) })),
  (error) => {
    console.log('FAULT ' + String(error.message).split('\\n')[0])
    process.exitCode = 1
  },
)
`
