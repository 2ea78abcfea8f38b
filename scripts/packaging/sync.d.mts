export function stemOf(subpath: string): string
export function manifestOf(dir: string): Readonly<Record<string, unknown>>
