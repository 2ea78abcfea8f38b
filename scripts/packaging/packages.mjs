// One table says what each package is, what it may import and which entries it has.
// `node scripts/packaging/sync.mjs` writes the package.json files from it; a guard test fails when they differ.

/**
 * @typedef {object} PackageRow
 * @property {string} name npm name
 * @property {string} description one line, shown on npm
 * @property {'client' | 'server'} kind client packages are built for es2017 and get a miniprogram folder
 * @property {Record<string, string>} entries subpath → source file
 * @property {readonly string[]} arrows packages it may import
 * @property {readonly string[]} [dependsOn] the arrows it uses today; absent: all of them
 * @property {Record<string, string>} dependencies third parties at run time
 * @property {readonly string[]} [bundled] third parties compiled into the output (then a devDependency)
 * @property {readonly string[]} [typesFrom] third parties compiled in whose types its declarations name: optional peers
 * @property {readonly string[]} [notInMiniprogram] entries that make no sense inside a mini-program
 * @property {Record<string, string>} [bin]
 * @property {{ entry: string, global: string, file: string }} [script] the build for a script tag: an entry under one global name, in dist
 */

/** @type {Record<string, PackageRow>} */
export const packages = {
  core: {
    name: '@omokit/core',
    description: 'Money, ids, clock, ports, durable outbox, signed documents and commands of omokit',
    kind: 'client',
    entries: {
      '.': 'src/index.ts',
      './outbox': 'src/outbox/index.ts',
      './page': 'src/page/index.ts',
      './commands': 'src/commands/index.ts',
      './documents': 'src/documents/index.ts',
      './envelope': 'src/envelope/index.ts',
      './ed25519': 'src/ed25519/index.ts',
      './texts': 'src/texts/index.ts',
      './schema': 'src/schema/index.ts',
      './plan': 'src/plan/index.ts',
      './maps': 'src/maps/index.ts',
      './memory': 'src/memory/index.ts',
      './web': 'src/web/index.ts',
      './wechat': 'src/wechat/index.ts',
      './alipay': 'src/alipay/index.ts',
      './node': 'src/node/index.ts',
      './testing': 'src/testing/index.ts',
      './testing/layers': 'src/testing/layers/index.ts',
    },
    arrows: [],
    dependencies: {},
    bundled: ['nanoid', 'idb-keyval', '@stablelib/ed25519', 'zod'],
    typesFrom: ['zod'],
    notInMiniprogram: ['./web', './page', './node', './testing', './testing/layers', './schema'],
  },
  rules: {
    name: '@omokit/rules',
    description: 'Prices, promotions, coupons and points in integer money: the same bytes on every channel',
    kind: 'client',
    entries: {
      '.': 'src/index.ts',
      './seal': 'src/seal/index.ts',
      './release': 'src/release/index.ts',
      './best': 'src/best/index.ts',
      './refund': 'src/refund/index.ts',
      './protect': 'src/protect/index.ts',
      './tax': 'src/tax/index.ts',
      './barcode': 'src/barcode/index.ts',
      './zone': 'src/zone/index.ts',
      './schema': 'src/schema/index.ts',
    },
    arrows: ['core'],
    dependencies: {},
    bundled: ['zod'],
    typesFrom: ['zod'],
    notInMiniprogram: ['./schema', './zone'],
    files: ['vectors'],
  },
  tracker: {
    name: '@omokit/tracker',
    description: 'Typed retail events on a durable outbox',
    kind: 'client',
    entries: {
      '.': 'src/index.ts',
      './bots': 'src/bots/index.ts',
      './campaign': 'src/campaign/index.ts',
      './clicks': 'src/clicks/index.ts',
      './debug': 'src/debug/index.ts',
      './destinations': 'src/destinations/index.ts',
      './impressions': 'src/impressions/index.ts',
      './mini': 'src/mini/index.ts',
      './pages': 'src/pages/index.ts',
      './sampling': 'src/sampling/index.ts',
      './scrub': 'src/scrub/index.ts',
      './till': 'src/till/index.ts',
    },
    arrows: ['core'],
    dependencies: {},
    notInMiniprogram: ['./clicks', './impressions', './pages'],
  },
  identity: {
    name: '@omokit/identity',
    description: 'Consent, visitor, member, member code and the pure person fold',
    kind: 'client',
    entries: { '.': 'src/index.ts', './resolve': 'src/resolve/index.ts' },
    arrows: ['core'],
    dependencies: {},
  },
  'pricing-sync': {
    name: '@omokit/pricing-sync',
    description: 'Keeps signed price and rule releases current, looks prices up, quotes offline',
    kind: 'client',
    entries: { '.': 'src/index.ts', './quote': 'src/quote/index.ts' },
    arrows: ['core', 'rules'],
    dependencies: {},
  },
  coupons: {
    name: '@omokit/coupons',
    description: 'Wallet, trial, hold, redeem and reverse of coupons and points, online and offline',
    kind: 'client',
    entries: { '.': 'src/index.ts' },
    arrows: ['core', 'rules'],
    dependencies: {},
  },
  insights: {
    name: '@omokit/insights',
    description: 'Attribution, RFM, lifetime value, experiments, alerts and funnels as pure functions',
    kind: 'client',
    entries: {
      '.': 'src/index.ts',
      './alerts': 'src/alerts/index.ts',
      './attribution': 'src/attribution/index.ts',
      './clv': 'src/clv/index.ts',
      './distributions': 'src/distributions/index.ts',
      './experiments': 'src/experiments/index.ts',
      './funnel': 'src/funnel/index.ts',
      './growth': 'src/growth/index.ts',
      './parity': 'src/parity/index.ts',
      './rfm': 'src/rfm/index.ts',
      './roi': 'src/roi/index.ts',
    },
    arrows: [],
    dependencies: {},
  },
  omokit: {
    name: 'omokit',
    description: 'One shop on every channel: createOmokit for web, mini-program, till and server',
    kind: 'client',
    entries: {
      '.': 'src/index.ts',
      './web': 'src/web/index.ts',
      './wechat': 'src/wechat/index.ts',
      './alipay': 'src/alipay/index.ts',
      './till': 'src/till/index.ts',
      './node': 'src/node/index.ts',
    },
    arrows: ['core', 'rules', 'tracker', 'identity', 'pricing-sync', 'coupons'],
    dependencies: {},
    notInMiniprogram: ['./web', './till', './node'],
    script: { entry: './web', global: 'omokit', file: 'omokit.global.js' },
  },
  hub: {
    name: '@omokit/hub',
    description: 'The server side of omokit: facts, releases, authority and parity on Postgres or embedded PGlite',
    kind: 'server',
    entries: { '.': 'src/index.ts' },
    arrows: ['core', 'rules', 'identity', 'insights'],
    dependencies: {
      '@electric-sql/pglite': '0.5.16',
      '@hono/node-server': '2.1.8',
      hono: '4.13.19',
      kysely: '0.29.9',
      pg: '8.23.1',
      zod: '4.6.7',
    },
  },
  cli: {
    name: '@omokit/cli',
    description: 'The omokit command: dev, keys, plan, publish, replay',
    kind: 'server',
    entries: { '.': 'src/index.ts' },
    arrows: ['core', 'rules', 'insights', 'omokit', 'hub'],
    dependsOn: ['core'],
    dependencies: { 'csv-parse': '7.0.3', jiti: '2.7.0' },
    bin: { omokit: './dist/bin.js' },
  },
}

/** Versions of third parties that client packages compile in. */
export const bundledVersions = {
  nanoid: '5.1.16',
  'idb-keyval': '6.3.0',
  '@stablelib/ed25519': '2.1.0',
  zod: '4.6.7',
}

export const version = '0.1.0'
