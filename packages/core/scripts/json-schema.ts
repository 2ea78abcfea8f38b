// Writes packages/core/schemas/*.json from the wire schemas: npx tsx --conditions=@omokit/source packages/core/scripts/json-schema.ts
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { wireSchemas } from '@omokit/core/schema'

/** Every wire schema as JSON Schema 2020-12, by file name. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wireSchemas).map(([name, schema]) => {
      const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' })
      return [`${name}.json`, `${JSON.stringify({ $id: `urn:omokit:schema:v1:${name}`, title: name, ...json }, null, 2)}\n`]
    }),
  )
}

/** Where the files stand. */
export const schemaFolder: string = fileURLToPath(new URL('../schemas/', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(schemaFolder, { recursive: true })
  for (const file of readdirSync(schemaFolder)) rmSync(schemaFolder + file)
  for (const [file, text] of Object.entries(jsonSchemas())) writeFileSync(schemaFolder + file, text)
}
