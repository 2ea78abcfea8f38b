/** What `npm start` says. */
export interface StartTexts {
  readonly starting: string
  readonly ending: string
  readonly badPort: string
  noPort(from: number, to: number): string
  taken(wanted: number, port: number): string
  running(at: { readonly url: string; readonly keysFile: string }): readonly string[]
}

/** Chinese where the locale is Chinese, else English. */
export const startTexts = (locale: string): StartTexts => (/^zh/i.test(locale) ? zh : en)

const zh: StartTexts = {
  starting: '正在启动演示品牌“山野集”……',
  ending: '正在结束……',
  badPort: '--port 后面要写一个端口号，例如 --port 8787',
  noPort: (from, to) => `端口 ${from}–${to} 都被占用：请用 --port 另选一个`,
  taken: (wanted, port) => `端口 ${wanted} 已被占用，改用 ${port}`,
  running: ({ url, keysFile }) => [
    '',
    `  一篮四渠演示页   ${url}/`,
    `  中枢（hub）      ${url}`,
    `  本次启动的密钥   ${keysFile}`,
    '',
    '数据都在内存中，每次启动都是全新的品牌。按 Ctrl-C 结束。',
  ],
}

const en: StartTexts = {
  starting: 'Starting the demo brand Shanye …',
  ending: 'Ending …',
  badPort: '--port wants a port number, e.g. --port 8787',
  noPort: (from, to) => `Ports ${from}–${to} are all taken: choose another with --port`,
  taken: (wanted, port) => `Port ${wanted} is taken, using ${port}`,
  running: ({ url, keysFile }) => [
    '',
    `  One basket, four channels   ${url}/`,
    `  Hub                         ${url}`,
    `  Keys of this start          ${keysFile}`,
    '',
    'Everything lives in memory: each start is a new brand. Ctrl-C ends it.',
  ],
}
