/**
 * Asks the browser not to evict what this origin stores (Safari does so after seven days without a visit). Answers whether it
 * promises that. Some browsers ask the person: call it on devices of the brand, or after the person agreed to be known.
 */
export async function keepStorage(): Promise<boolean> {
  try {
    return await navigator.storage.persist()
  } catch {
    return false // no such thing here
  }
}
