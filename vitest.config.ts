import { defineConfig } from 'vitest/config'

// vitest 5 prints failures with Map.groupBy, which Node 20 lacks: without this a failing run hides what failed
if (!('groupBy' in Map)) {
  const groupBy = <T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> => {
    const groups = new Map<K, T[]>()
    for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
    return groups
  }
  Object.defineProperty(Map, 'groupBy', { value: groupBy, configurable: true, writable: true })
}

const conditions = ['@omokit/source']

/** Packages of pure code, whose test files may share a worker; but for those with a browser, processes, or other modules in the place of some. */
const pure = ['rules', 'insights', 'identity', 'coupons', 'pricing-sync']
const apart = ['packages/*/test/**/*.chromium.test.ts', 'packages/rules/test/mutated-evaluator.test.ts', 'packages/rules/test/same-seals.test.ts']
const everywhere = ['**/node_modules/**']

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'apart',
          include: [`packages/!(${pure.join('|')})/test/**/*.test.ts`, 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts', ...apart],
          exclude: everywhere,
        },
      },
      { extends: true, test: { name: 'pure', include: [`packages/{${pure.join(',')}}/test/**/*.test.ts`], exclude: everywhere.concat(apart), isolate: false } },
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default'],
    maxWorkers: 3, // on two cores: browsers, processes and timers leave them idle
  },
})
