// Cuts what is sent into calls that fit: a server refuses bodies over its `max_body_bytes`, 8 MiB by default.

export const LARGEST = 6_000_000;

export const size = (value) => new Blob([JSON.stringify(value)]).size;

// Blocks of at most `most` items and about `largest` bytes, each of one item at least.
export function* blocks(items, most, largest = LARGEST) {
  let block = [];
  let bytes = 0;
  for (const each of items) {
    const more = size(each) + 64;
    if (block.length && (block.length >= most || bytes + more > largest)) {
      yield block;
      block = [];
      bytes = 0;
    }
    block.push(each);
    bytes += more;
  }
  if (block.length) yield block;
}
