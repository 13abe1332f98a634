// SPDX-License-Identifier: Apache-2.0

/// The rows of a step that one thread takes at a time.
///
/// A chunk is about 64K multiply-accumulates (or bytes moved): some microseconds, against a
/// fraction of one to take it. A step has at most 64 chunks, enough to balance the threads of any
/// board. Fixed here, so that bits do not depend on the number of threads.
func rowsPerChunk(rows: Int, macCount: Int, byteCount: Int) -> Int {
  let work = max(macCount, byteCount)
  let chunks = max(1, min(rows, 64, work / 65_536))
  return (rows + chunks - 1) / chunks
}
