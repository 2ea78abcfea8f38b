/** What every stored name of one brand and instance begins with. Hostile names cannot reach another's. */
export function prefixOf(brand: string, instance: string): string {
  return `omokit:${escape(brand)}:${escape(instance)}:`
}

/** The text without a colon, so that it can stand between colons; one spelling per text. */
export const escape = (text: string): string => text.replace(/%/g, '%25').replace(/:/g, '%3A')

/** The way back from {@link escape}. */
export const unescape = (text: string): string => text.replace(/%3A/g, ':').replace(/%25/g, '%')
