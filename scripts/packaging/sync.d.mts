export function stemOf(subpath: string): string
export function manifestOf(dir: string, repository?: string): Readonly<Record<string, unknown>>
