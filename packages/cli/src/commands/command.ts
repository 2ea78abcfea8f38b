/** Where a command writes and reads; the process's own in `bin.ts`, a test's elsewhere. */
export interface Terminal {
  readonly out: { readonly isTTY?: boolean; write(text: string): unknown }
  readonly err: { readonly isTTY?: boolean; write(text: string): unknown }
  /** Folder that relative paths start from. */
  readonly cwd: string
  /** zh when the user's language is Chinese. */
  readonly language: 'zh' | 'en'
  now(): number
  /** Resolves when the user asks the command to end. */
  readonly ended: Promise<void>
}

/** One word of the command line. */
export interface Command {
  readonly summary: { readonly zh: string; readonly en: string }
  /** `omokit NAME …` as a user would type it. */
  readonly usage: string
  readonly options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>
  /** Answers the exit code: 0 done, 1 failed, 2 wrong call. */
  run(call: CommandCall, terminal: Terminal): Promise<0 | 1 | 2>
}

export interface CommandCall {
  readonly words: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

/** A text option, or undefined. */
export function textOption(call: CommandCall, name: string): string | undefined {
  const value = call.options[name]
  return typeof value === 'string' ? value : undefined
}
