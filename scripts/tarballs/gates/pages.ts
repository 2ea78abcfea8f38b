import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launchChromium, noChromium } from '../../chromium/launch'
import { root } from '../../repository'
import type { Gate, Verdict } from '../gate'
import { manifestOf } from '../manifest-of'
import { run } from '../run'
import { serve } from '../serve'

/** A page built by Vite from the installed packages: in Chromium it quotes, and its facts reach a hub on loopback. */
export const vitePage: Gate = {
  name: 'a Vite build works in Chromium',
  async look(project) {
    if (!project.packages.some(({ row }) => row.name === 'omokit')) return ['the package omokit is not there']
    const folder = fresh(join(project.folder, 'vite'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html><meta charset="utf-8"><title>shop</title><script type="module" src="/page.js"></script>')
    writeFileSync(
      join(folder, 'page.js'),
      `import { compile, quote } from '@omokit/rules'
import { createOmokit } from 'omokit/web'
const book = compile({ release: 1, currency: 'CNY', lists: ['base'], prices: (list, sku) => ({ sku, price: 8800 }), rules: { rules: [] } })
const priced = book.ok && quote(book.value, { currency: 'CNY', channel: 'web', lines: [{ id: '1', sku: 'tea', qty: 2 }] }, Date.now())
${shop('createOmokit')}.then((pending) => { window.answer = JSON.stringify({ pending, pay: priced.ok && priced.value.totals.pay }) }, (error) => { window.answer = String(error) })`,
    )
    const { good, output } = await run(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: folder })
    if (!good) return [output]
    if (/warn/i.test(output)) return [output]
    return openedPage(join(folder, 'dist'), '{"pending":0,"pay":17600}')
  },
}

/** The file behind \`unpkg\` and \`jsdelivr\`, from a plain script tag: one global name, and it works in Chromium. */
export const scriptTag: Gate = {
  name: 'a script tag works in Chromium',
  async look(project) {
    const one = project.packages.find(({ row }) => row.script)
    if (!one?.row.script) return ['no package has a build for a script tag']
    const { unpkg, jsdelivr } = manifestOf(one.folder)
    const { global } = one.row.script
    if (!unpkg || unpkg !== jsdelivr) return [`${one.row.name}: unpkg is ${unpkg}, jsdelivr ${jsdelivr}`]
    const file = join(one.folder, unpkg)
    if (!existsSync(file)) return [`${one.row.name}: ${unpkg} is not there`]
    const folder = fresh(join(project.folder, 'script-tag'))
    cpSync(file, join(folder, 'omokit.js'))
    writeFileSync(
      join(folder, 'index.html'),
      `<!doctype html><meta charset="utf-8"><title>shop</title>
<script>var before = Object.getOwnPropertyNames(window)</script>
<script src="/omokit.js"></script>
<script>
var more = Object.getOwnPropertyNames(window).filter(function (name) { return before.indexOf(name) < 0 && name !== 'before' && name !== 'more' })
${shop(`${global}.createOmokit`)}.then(function (pending) { window.answer = JSON.stringify({ pending: pending, more: more }) }, function (error) { window.answer = String(error) })
</script>`,
    )
    if (!/^\/\*! [^*]*MIT/.test(readFileSync(file, 'utf8'))) return [`${one.row.name}: ${unpkg} does not name its licence`]
    return openedPage(folder, JSON.stringify({ pending: 0, more: [global] }))
  },
}

/** Opens the page, waits for its answer and for a fact at the hub. */
async function openedPage(folder: string, need: string): Promise<Verdict> {
  if (noChromium) return { skipped: noChromium.trim().replace(/^\(skipped: |\)$/g, '') }
  const hub = await serve(folder)
  const browser = await launchChromium()
  try {
    const page = await browser.context.newPage()
    const errors: string[] = []
    // a page that has failed answers nothing more
    const failed = new Promise<void>((resolve) =>
      page.on('pageerror', (error) => {
        errors.push(error.message)
        resolve()
      }),
    )
    await page.goto(hub.url)
    await Promise.race([
      failed,
      page.waitForFunction('window.answer !== undefined', undefined, { timeout: 30_000 }).catch((error: Error) => void errors.push(error.message)),
    ])
    const answer = await page.evaluate<string>('String(window.answer)')
    if (answer !== need) errors.push(`the page answered ${answer}, not ${need}`)
    if (!hub.kinds.includes('Product Viewed')) errors.push(`the hub heard ${hub.kinds.join(', ') || 'nothing'}`)
    return errors
  } finally {
    await browser.close()
    await hub.close()
  }
}

/** A shopper's visit: consent, one view, sent; resolves with what is left to send. */
const shop = (create: string): string => `;(function () {
  var shop = ${create}({ brand: 'demo', hub: location.origin, key: 'pk_test_demo_1', keys: [] })
  return shop.start()
    .then(function () { return shop.consent.grantAll() })
    .then(function () { return shop.track('Product Viewed', { sku: 'tea' }) })
    .then(function () { return shop.flush() })
    .then(function (report) { return report.pending })
})()`

function fresh(folder: string): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
