import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const docs = join(dirname(fileURLToPath(import.meta.url)), '..')

interface Section {
  readonly folder: string
  readonly zh: string
  readonly en: string
}

const sections: readonly Section[] = [
  { folder: 'guide', zh: '上手', en: 'Guide' },
  { folder: 'rules', zh: '规则', en: 'Rules' },
  { folder: 'reference', zh: '参考', en: 'Reference' },
]

/** Pages of a folder in the order of their `order:` line, else by name; titles are the first heading. */
function sidebar(language: 'zh' | 'en'): { text: string; items: { text: string; link: string }[] }[] {
  return sections
    .filter(({ folder }) => existsSync(join(docs, language, folder)))
    .map((section) => ({ text: section[language], items: pages(language, section.folder) }))
    .filter((group) => group.items.length > 0)
}

function pages(language: 'zh' | 'en', folder: string): { text: string; link: string }[] {
  const prefix = language === 'zh' ? '' : '/en'
  return readdirSync(join(docs, language, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const text = readFileSync(join(docs, language, folder, file), 'utf8')
      return {
        order: Number(/^order: (\d+)$/m.exec(text)?.[1] ?? 99),
        text: /^# (.+)$/m.exec(text)?.[1] ?? file,
        link: `${prefix}/${folder}/${file.slice(0, -3)}`,
      }
    })
    .sort((a, b) => a.order - b.order || (a.link < b.link ? -1 : 1))
    .map(({ text, link }) => ({ text, link }))
}

/** The search box in Chinese. */
const searchTexts = {
  button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
  modal: {
    displayDetails: '显示详情',
    resetButtonTitle: '清除',
    backButtonTitle: '返回',
    noResultsText: '没有找到',
    footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
  },
}

export default defineConfig({
  title: 'omokit',
  description: '线上线下一家店：同一套事件、会员、价格、券与积分规则',
  cleanUrls: true,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: '/logo.svg' }],
    ['meta', { name: 'theme-color', content: '#0f5c4a' }],
  ],
  lastUpdated: false,
  srcExclude: ['decisions/**', 'proof/**', 'README.md'],
  rewrites: { 'zh/:rest*': ':rest*' },
  locales: {
    root: {
      label: '简体中文',
      lang: 'zh-CN',
      themeConfig: {
        nav: [
          { text: '上手', link: '/guide/quick-start-web', activeMatch: '^/guide/(?!guarantees)' },
          { text: '保证', link: '/guide/guarantees' },
          { text: '架构', link: '/architecture' },
          { text: '规则', link: '/rules/examples', activeMatch: '^/rules/' },
          { text: '参考', link: '/reference/protocol', activeMatch: '^/reference/' },
        ],
        sidebar: sidebar('zh'),
        outline: { label: '本页' },
        docFooter: { prev: '上一页', next: '下一页' },
        darkModeSwitchLabel: '外观',
        returnToTopLabel: '回到顶部',
        sidebarMenuLabel: '目录',
      },
    },
    en: {
      label: 'English',
      lang: 'en',
      description: 'One shop on every channel: the same events, member, price, coupon and points rules',
      themeConfig: {
        nav: [
          { text: 'Guide', link: '/en/guide/quick-start-web', activeMatch: '^/en/guide/(?!guarantees)' },
          { text: 'Guarantees', link: '/en/guide/guarantees' },
          { text: 'Architecture', link: '/en/architecture' },
          { text: 'Rules', link: '/en/rules/examples', activeMatch: '^/en/rules/' },
          { text: 'Reference', link: '/en/reference/protocol', activeMatch: '^/en/reference/' },
        ],
        sidebar: sidebar('en'),
      },
    },
  },
  themeConfig: { logo: '/logo.svg', search: { provider: 'local', options: { locales: { root: { translations: searchTexts } } } } },
})
