import { describe, expect, it } from 'vitest'
import { cycles, wrongArrows } from './arrows'
import { snippet, sources } from './sources'

describe('the arrow table', () => {
  it('holds in every source file', () => {
    expect(wrongArrows(sources())).toEqual([])
  })

  it('catches a forbidden import, a private path, a narrowed one and an unknown entry', () => {
    expect(wrongArrows([snippet("import { x } from '@omokit/identity'", 'tracker')])).toHaveLength(1)
    expect(wrongArrows([snippet("import { x } from '../../core/src/money'", 'tracker')])).toHaveLength(1)
    expect(wrongArrows([snippet("import { quote } from '@omokit/rules'", 'coupons')])).toHaveLength(1)
    expect(wrongArrows([snippet("import type { Quote } from '@omokit/rules'", 'coupons')])).toEqual([])
    expect(wrongArrows([snippet("import { serve } from '@omokit/hub'", 'cli')])).toHaveLength(1)
    expect(wrongArrows([snippet("export const hub = () => import('@omokit/hub')", 'cli')])).toEqual([])
    expect(wrongArrows([snippet("import { x } from '@omokit/core/nothing'", 'tracker')])).toHaveLength(1)
  })
})

describe('import cycles', () => {
  it('do not exist', () => {
    expect(cycles(sources())).toEqual([])
  })

  it('are found', () => {
    expect(cycles([snippet("import { b } from './b'", 'core', 'a.ts'), snippet("import { a } from './a'", 'core', 'b.ts')])).toHaveLength(1)
  })
})
