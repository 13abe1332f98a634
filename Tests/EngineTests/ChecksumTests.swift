// SPDX-License-Identifier: Apache-2.0
import Engine
import Testing

/// The checksum against the reference implementation.
@Suite struct ChecksumTests {
  /// `xxhash.xxh64(bytes).hexdigest()` of the Python package xxhash 4.1.0 over the bytes
  /// `(i * 7 + 3) & 255` with bytes 24 … 31 zero.
  @Test(arguments: [
    (80, 0x975C_8818_2794_A524),
    (81, 0x77B9_F1F0_4ED0_1E31),
    (84, 0x921A_30BB_4D9C_7BAD),
    (87, 0x0892_EE23_0D09_67AD),
    (95, 0x141B_C4CE_0A0D_53A5),
    (96, 0x56D8_B0EB_F9A2_39F6),
    (103, 0xDB1D_23E5_6CA8_4E03),
    (127, 0xCFFF_AA18_BF72_C478),
    (128, 0xA9E2_F9E8_2988_E166),
    (1000, 0xD639_C7A6_4E66_CADC),
    (65543, 0xF3B0_4784_01EA_2A24),
  ])
  func agreesWithTheReference(count: Int, expected: UInt64) {
    var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
    #expect(programChecksum(of: bytes) == expected)
    // The field itself does not count.
    bytes[27] ^= 0xFF
    #expect(programChecksum(of: bytes) == expected)
    bytes[count - 1] ^= 1
    #expect(programChecksum(of: bytes) != expected)
  }
}
