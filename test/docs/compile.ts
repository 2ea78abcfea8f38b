import { dirname, join } from 'node:path'
import ts from 'typescript'
import { root } from '../../scripts/repository'

/** What the compiler says of a file. */
export interface Fault {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** The settings of the repository for code on a page, which may show a value without using it; each block is a module of its own. */
export function pageSettings(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: unknown }
  const { options } = ts.parseJsonConfigFileContent({ ...(config as object), include: [], files: [] }, ts.sys, root)
  return { ...options, noUnusedLocals: false, noUnusedParameters: false, moduleDetection: ts.ModuleDetectionKind.Force }
}

/** A mini-program's own project: strict, ES2017, no DOM, no types but those a file names. */
export const miniProgramSettings: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2017,
  lib: ['lib.es2017.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ['@omokit/source'],
  types: [],
  allowJs: true,
  checkJs: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Files on the disk as they were parsed: the library's own and the packages', again and again the same. */
const parsed = new Map<string, ts.SourceFile | undefined>()

/** Compiles files that exist in memory only, by their paths, and tells what is wrong in them. */
export function faultsIn(files: ReadonlyMap<string, string>, options: ts.CompilerOptions): readonly Fault[] {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, directoryExists } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.readFile = (name) => files.get(name) ?? readFile(name)
  const { getSourceFile } = host
  host.getSourceFile = (name, version, ...more) => {
    if (files.has(name)) return getSourceFile(name, version, ...more)
    const key = `${JSON.stringify(version)} ${name}`
    if (!parsed.has(key)) parsed.set(key, getSourceFile(name, version, ...more))
    return parsed.get(key)
  }
  host.directoryExists = (dir) => [...files.keys()].some((name) => dirname(name) === dir) || (directoryExists?.(dir) ?? true)
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((fault) => ({
      file: name,
      line: file && fault.start !== undefined ? file.getLineAndCharacterOfPosition(fault.start).line + 1 : 0,
      message: ts.flattenDiagnosticMessageText(fault.messageText, ' '),
    }))
  })
}
