import { miniprogramLost } from './miniprogram-lost'

/** What gets lost on the way to the hub, by runtime and fault. */
export async function bench(): Promise<readonly { readonly id: string; readonly value: number; readonly samples: number; readonly against: string }[]> {
  return [await miniprogramLost()]
}
