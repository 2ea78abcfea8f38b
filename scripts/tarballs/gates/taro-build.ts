import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'
import { filesBelow } from '../files-of'
import type { Gate, Project } from '../gate'
import { tool } from '../npm'
import { run } from '../run'

/** One version for everything of Taro: its parts refuse to be mixed. */
const taro = '4.2.0'
const parts = 'cli taro runtime shared components helper react plugin-framework-react plugin-platform-weapp plugin-platform-alipay webpack5-runner'
const dependencies: Readonly<Record<string, string>> = {
  ...Object.fromEntries(parts.split(' ').map((part) => [`@tarojs/${part}`, taro])),
  'babel-preset-taro': taro,
  '@babel/core': '^7.24.0',
  '@babel/preset-react': '^7.24.0',
  '@babel/plugin-transform-class-properties': '^7.24.0',
  '@babel/runtime': '^7.24.0',
  react: '18.3.1',
  'react-dom': '18.3.1',
  webpack: '5.91.0',
}

/** A Taro app that imports the packages builds for the host, and what it was given is still ES2018, as WeChat's tools want it. */
export function taroBuild(host: 'weapp' | 'alipay'): Gate {
  return {
    name: `Taro ${taro} builds for ${host}`,
    async look(project) {
      const found = await tool('taro', dependencies)
      if ('skipped' in found) return found
      if ('fault' in found) return [found.fault]
      install(project, found.folder)
      writeApp(found.folder, host)
      const out = join(found.folder, 'dist', host)
      rmSync(out, { recursive: true, force: true })
      const cli = join(found.folder, 'node_modules/@tarojs/cli/bin/taro')
      const { good, output } = await run(process.execPath, [cli, 'build', '--type', host], { cwd: found.folder, env: { NODE_ENV: 'production', CI: 'true' } })
      const files = filesBelow(out).filter((file) => file.endsWith('.js'))
      if (!good || !/Compiled successfully/.test(output) || !files.length) return [output.slice(-2000)]
      const wrong = files.flatMap((file) => {
        try {
          parse(readFileSync(join(out, file), 'utf8'), { ecmaVersion: 2018, sourceType: 'script', allowReturnOutsideFunction: true })
          return []
        } catch (error) {
          return [`${file}: ${(error as Error).message}`]
        }
      })
      // texts of ours that survive any minifier: without them the build left the packages out
      const all = files.map((file) => readFileSync(join(out, file), 'utf8')).join('\n')
      for (const text of ['subtotalAtLeast', '/v1/facts']) if (!all.includes(text)) wrong.push(`the build has no "${text}": the packages are not in it`)
      return wrong
    },
  }
}

function install(project: Project, folder: string): void {
  for (const { row, folder: from } of project.packages) {
    if (row.kind !== 'client') continue
    const to = join(folder, 'node_modules', row.name)
    rmSync(to, { recursive: true, force: true })
    cpSync(from, to, { recursive: true })
  }
}

function writeApp(folder: string, host: 'weapp' | 'alipay'): void {
  const files: Readonly<Record<string, string>> = {
    'config/index.js': `module.exports = {
  projectName: 'shop', date: '2026-1-1', designWidth: 750, deviceRatio: { 750: 1 }, sourceRoot: 'src', outputRoot: 'dist/${host}',
  framework: 'react', compiler: { type: 'webpack5', prebundle: { enable: false } }, cache: { enable: false }, plugins: [], mini: {},
}
`,
    'babel.config.js': "module.exports = { presets: [['taro', { framework: 'react', ts: false, compiler: 'webpack5' }]] }\n",
    'project.config.json': '{"miniprogramRoot":"./","appid":"touristappid","compileType":"miniprogram"}\n',
    'src/app.config.js': "export default { pages: ['pages/index/index'], window: { navigationBarTitleText: 'shop' } }\n",
    'src/app.js': 'export default function App(props) { return props.children }\n',
    'src/pages/index/index.config.js': 'export default {}\n',
    'src/pages/index/index.js': `import { Text } from '@tarojs/components'
import { compile, quote } from '@omokit/rules'
const { createOmokit } = process.env.TARO_ENV === 'alipay' ? require('omokit/alipay') : require('omokit/wechat')
const shop = createOmokit({ brand: 'demo', hub: 'https://hub.example', key: 'pk_test_demo_1', keys: [] })
const book = compile({ release: 1, currency: 'CNY', lists: ['base'], prices: (list, sku) => ({ sku, price: 8800 }), rules: { rules: [] } })
export default function Index() {
  shop.start()
  const answer = book.ok && quote(book.value, { currency: 'CNY', channel: 'miniprogram', lines: [{ id: '1', sku: 'tea', qty: 1 }] }, Date.now())
  return <Text>{answer && answer.ok ? answer.value.totals.pay : '-'}</Text>
}
`,
  }
  rmSync(join(folder, 'src'), { recursive: true, force: true })
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  if (!existsSync(join(folder, 'node_modules/omokit'))) throw new Error('omokit is not installed beside Taro')
}
