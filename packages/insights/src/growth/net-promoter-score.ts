import { accept, check, checkCount, checkEach, type Result } from '../result'

export interface NetPromoterScore {
  /** Answers 9 and 10. */
  readonly promoters: number
  /** 7 and 8. */
  readonly passives: number
  /** 0 to 6. */
  readonly detractors: number
  /** 100 (promoters − detractors) / all, −100..100, not rounded. */
  readonly nps: number
}

/**
 * Net promoter score of answers from 0 to 10 to "would you recommend us".
 * F. Reichheld, "The one number you need to grow", 2003.
 */
export function netPromoterScore(answers: readonly number[]): Result<NetPromoterScore> {
  const wrong = checkEach('answers', answers, (answer) => checkCount('', answer, 0, 10)) || check('answers', answers.length, answers.length > 0, '>= 1')
  if (wrong) return wrong
  const promoters = answers.filter((answer) => answer >= 9).length
  const detractors = answers.filter((answer) => answer <= 6).length
  return accept({ promoters, passives: answers.length - promoters - detractors, detractors, nps: (100 * (promoters - detractors)) / answers.length })
}
