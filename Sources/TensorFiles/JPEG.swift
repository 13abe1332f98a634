// SPDX-License-Identifier: Apache-2.0
import CTurboJPEG

/// Decodes a JPEG, baseline or progressive, with the accurate inverse transform.
///
/// What the decoder only warns of, such as missing data that it would fill with grey, is an error.
func readJPEG(_ bytes: [UInt8]) throws(TensorFileError) -> Image {
  // SAFETY: the handle is used by this function alone and destroyed at its end.
  guard let decoder = unsafe tjInitDecompress() else {
    throw .imageCorrupt(.jpeg, reason: "no decoder")
  }
  defer { unsafe tjDestroy(decoder) }
  var width: Int32 = 0
  var height: Int32 = 0
  var subsampling: Int32 = 0
  var colourSpace: Int32 = 0
  // SAFETY: the decoder reads the array within the call; the results are local.
  let headerStatus = unsafe tjDecompressHeader3(
    decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colourSpace)
  guard headerStatus == 0 else { throw unsafe failure(decoder) }
  try checkImageSize(width: Int(width), height: Int(height), fileBytes: bytes.count)

  let byteCount = Int(width) * Int(height) * 3
  var isRead = false
  let samples = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { output, initialized in
    // SAFETY: with a pitch of 0 the decoder writes exactly width · height pixels of three bytes,
    // the size of the buffer; on success all of it is initialised.
    let status = unsafe tjDecompress2(
      decoder, bytes, UInt(bytes.count), output.baseAddress, width, 0, height,
      Int32(TJPF_RGB.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
    isRead = status == 0
    initialized = isRead ? byteCount : 0
  }
  guard isRead else { throw unsafe failure(decoder) }
  return Image(width: Int(width), height: Int(height), samples: samples)
}

/// The decoder's words for what just failed.
private func failure(_ decoder: tjhandle) -> TensorFileError {
  // SAFETY: the decoder owns the string, which is copied at once.
  let reason = unsafe tjGetErrorStr2(decoder).map { unsafe String(cString: $0) }
  return .imageCorrupt(.jpeg, reason: reason ?? "unknown error")
}
