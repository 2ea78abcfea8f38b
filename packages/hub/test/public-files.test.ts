import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, expect, test } from 'vitest'
import { servePublicFiles } from '../src/http/public-files'
import type { HubEnv } from '../src/hub-context'

const dir = mkdtempSync(join(tmpdir(), 'omokit-public-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('files of the folder are served, and nothing outside it', async () => {
  mkdirSync(join(dir, 'public', 'app'), { recursive: true })
  writeFileSync(join(dir, 'secret.json'), '{"secret":1}')
  writeFileSync(join(dir, 'public', 'index.html'), '<h1>demo</h1>')
  writeFileSync(join(dir, 'public', 'app', 'main.js'), 'start()')
  writeFileSync(join(dir, 'public', '.env'), 'KEY=1')
  const app = new Hono<HubEnv>()
  servePublicFiles(app, join(dir, 'public'))
  const get = async (path: string): Promise<readonly [number, string]> => {
    const answer = await app.fetch(new Request(`http://hub${path}`))
    return [answer.status, answer.status === 200 ? `${answer.headers.get('content-type')} ${await answer.text()}` : '']
  }
  expect(await get('/')).toEqual([200, 'text/html; charset=utf-8 <h1>demo</h1>'])
  expect(await get('/app/main.js')).toEqual([200, 'text/javascript; charset=utf-8 start()'])
  for (const path of ['/none.html', '/.env', '/%2e%2e/secret.json', '/..%2fsecret.json', '/app/..%5c..%5c..%5csecret.json', '/a%00.html', '/%zz.html']) {
    expect([path, (await get(path))[0]]).toEqual([path, 404])
  }
})
