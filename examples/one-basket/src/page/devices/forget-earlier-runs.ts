/** Deletes what this browser kept of earlier starts of the demo: each start is a new hub with new keys. */
export async function forgetEarlierRuns(brand: string, run: string): Promise<void> {
  const stale = (name: string | undefined): boolean => name !== undefined && name.startsWith(`omokit:${brand}:`) && !name.includes(`-${run}`)
  try {
    for (const key of Object.keys(localStorage)) if (stale(key)) localStorage.removeItem(key)
    for (const { name } of await indexedDB.databases()) if (name !== undefined && stale(name)) indexedDB.deleteDatabase(name)
  } catch {
    // no storage here: nothing was kept
  }
}
