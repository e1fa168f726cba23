/** The owner of what a device keeps is written "masked name#mark"; the server only knows the name. */
export const ownerName = (owner: string): string => owner.split('#')[0]!
