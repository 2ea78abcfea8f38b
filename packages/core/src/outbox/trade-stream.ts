/**
 * Whether that is a stream of trade as pages make them: each holds one record, so that nothing has to be linked and nothing
 * goes on there. Its name is longer than any other.
 */
export const isTradeStream = (id: string): boolean => id.length > 21

/** What such a name begins with; that of another stream may follow. */
export const tradeMark = '__'
