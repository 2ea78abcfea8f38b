export interface PackageRow {
  readonly name: string
  readonly description: string
  readonly kind: 'client' | 'server'
  readonly entries: Readonly<Record<string, string>>
  readonly arrows: readonly string[]
  readonly dependsOn?: readonly string[]
  readonly dependencies: Readonly<Record<string, string>>
  readonly bundled?: readonly string[]
  readonly typesFrom?: readonly string[]
  readonly notInMiniprogram?: readonly string[]
  readonly bin?: Readonly<Record<string, string>>
  readonly files?: readonly string[]
  readonly script?: { readonly entry: string; readonly global: string; readonly file: string }
}
export const packages: Readonly<Record<string, PackageRow>>
export const bundledVersions: Readonly<Record<string, string>>
export const version: string
