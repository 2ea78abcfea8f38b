// The little of node-postgres that the hub touches; the package carries no types of its own.
declare module 'pg' {
  interface PoolOptions {
    readonly connectionString: string
    readonly max?: number
    readonly types?: { getTypeParser(oid: number, format?: string): (value: string) => unknown }
  }
  class Pool {
    constructor(options: PoolOptions)
    connect(): Promise<import('kysely').PostgresPoolClient>
    /** A named statement is parsed and planned once a connection. */
    query(statement: {
      readonly name: string
      readonly text: string
      readonly values: readonly unknown[]
    }): Promise<{ readonly rows: readonly Record<string, unknown>[] }>
    end(): Promise<void>
    on(event: 'error', listener: (error: Error) => void): void
    readonly options: object
  }
  const types: { getTypeParser(oid: number, format?: string): (value: string) => unknown }
  const pg: { Pool: typeof Pool; types: typeof types }
  export default pg
}
