import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAlipayLayer, createWechatLayer, type LayerServer } from '@omokit/core/testing/layers'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundle } from '../../scripts/engines/bundle'
import { root } from '../../scripts/repository'
import { faultsIn, miniProgramSettings, pageSettings } from './compile'
import { recipe, recipePages, recipes } from './recipe-blocks'
import { type QuickStartShop, startQuickStartShop, withReal } from './quick-start-shop'

/** The part of Taro that the recipe uses: as it types it. */
const taroTypes = `declare module '@tarojs/taro' {
  export function useDidShow(run: () => void): void
  export function useShareAppMessage(answer: () => { title: string; path: string }): void
}`

/** The part of React that the recipe uses: as `@types/react` 19 has it. */
const reactTypes = `declare module 'react' {
  export function useEffect(effect: () => void | (() => void), deps?: readonly unknown[]): void
  export function useSyncExternalStore<T>(subscribe: (onStoreChange: () => void) => () => void, getSnapshot: () => T, getServerSnapshot?: () => T): T
}`

describe('the recipes', () => {
  it('are the same in both languages', () => {
    const [en, zh] = recipePages.map(recipes)
    expect(zh).toEqual(en)
  })

  it('compile: React’s with React’s signatures of its two hooks, Vue’s with its own, Taro’s in a project without DOM', () => {
    const page = new Map([
      [join(root, 'test/docs/react.tsx'), recipe('react')],
      [join(root, 'test/docs/react-types.d.ts'), reactTypes],
      [join(root, 'test/docs/vue.ts'), recipe('vue')],
      // what is not found proves nothing
      [join(root, 'test/docs/wrong.tsx'), `${recipe('react')}\nuseProductViewed(1)`],
    ])
    expect(
      faultsIn(page, { ...pageSettings(), moduleDetection: ts.ModuleDetectionKind.Auto }).map(({ file, message }) => `${file.split('/').at(-1)} ${message}`),
    ).toEqual(['wrong.tsx Expected 2 arguments, but got 1.'])
    const mini = new Map([
      [join(root, 'test/docs/taro.ts'), recipe('taro')],
      [join(root, 'test/docs/taro-types.d.ts'), taroTypes],
    ])
    expect(faultsIn(mini, miniProgramSettings)).toEqual([])
  })
})

describe('the recipe for Taro', () => {
  let shop: QuickStartShop
  beforeAll(async () => (shop = await startQuickStartShop()))
  afterAll(() => shop.close())

  it.each([
    ['wechat', 'weapp', createWechatLayer],
    ['alipay', 'alipay', createAlipayLayer],
  ] as const)('tells the hub of screens and shares in the layer of %s', async (_, env, open) => {
    const before = await shop.stored()
    writeFileSync(
      join(shop.folder, 'taro.ts'),
      'export const hooks = { show: [], share: [] }\nexport const useDidShow = (run) => hooks.show.push(run)\nexport const useShareAppMessage = (run) => hooks.share.push(run)\n',
    )
    // as Taro builds it: the constant in place, the other host left out
    const other = env === 'weapp' ? 'omokit/alipay' : 'omokit/wechat'
    const code = withReal(recipe('taro'), shop, 'recipes')
      .replace("'@tarojs/taro'", "'./taro'")
      .replace('process.env.TARO_ENV', `'${env}'`)
      .replace(`require('${other}')`, '{}')
    const layer = open({ server: forward, enter: { scene: 1058, query: { utm_source: 'post' } } })
    const {
      shop: mini,
      useScreen,
      hooks,
    } = layer.load(await bundle({ text: `${code}\nexport { hooks } from './taro'`, dir: shop.folder })) as {
      shop: import('omokit/wechat').WechatOmokit
      useScreen(name: string, title: string): void
      hooks: { show: (() => void)[]; share: (() => object)[] }
    }
    await mini.consent.grantAll()
    useScreen('pages/tea', 'Tea')
    hooks.show[0]?.()
    expect(hooks.share[0]?.()).toEqual({ title: 'Tea', path: '/pages/tea' })
    await vi.waitFor(
      async () => {
        await mini.flush()
        // consent receipt, session, screen, share
        expect(await shop.stored()).toBe(before + 4)
      },
      { timeout: 20_000 },
    )
    await mini.stop()
    layer.kill()
  })
})

/** A layer's requests, sent to the hub for real. */
const forward: LayerServer = async ({ url, method, headers, body }) => {
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
}
