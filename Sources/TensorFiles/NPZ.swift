// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// A tensor with the name it has in an archive.
package struct NamedTensor: Equatable, Sendable {
  package let name: String
  package let tensor: TensorData

  package init(_ name: String, _ tensor: TensorData) {
    self.name = name
    self.tensor = tensor
  }
}

/// Reads the arrays that `numpy.savez` or `numpy.savez_compressed` stored, in the archive's order.
///
/// - Throws: `TensorFileError`, located; `.member` names the array that is not readable.
package func readNPZ(_ bytes: [UInt8]) throws(TensorFileError) -> [NamedTensor] {
  let archive = try ZipArchive(bytes)
  var tensors: [NamedTensor] = []
  for member in archive.members {
    let contents = try archive.contents(of: member)
    let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
    do throws(TensorFileError) {
      tensors.append(NamedTensor(name, try readNPY(contents)))
    } catch {
      throw .member(name, error)
    }
  }
  return tensors
}

/// The `.npz` archive of some tensors: stored, or packed as `numpy.savez_compressed` does.
///
/// The same tensors give the same bytes: members carry the earliest date of the format.
/// - Throws: `TensorFileError.archiveTooLarge` at 4 GiB or 65,535 members, `.zipDuplicateMember`.
package func writeNPZ(
  _ tensors: [NamedTensor], isCompressed: Bool = false
) throws(TensorFileError) -> [UInt8] {
  var file: [UInt8] = []
  var directory: [UInt8] = []
  var names: Set<String> = []
  guard tensors.count < UInt16.max else { throw .archiveTooLarge }
  for item in tensors {
    guard names.insert(item.name).inserted else {
      throw .zipDuplicateMember(item.name, offset: file.count)
    }
    let contents = writeNPY(item.tensor)
    let packed = isCompressed ? deflateRaw(contents) : nil
    let name = Array("\(item.name).npy".utf8)
    let stored = packed ?? contents
    guard
      name.count <= UInt16.max,
      file.count + stored.count + ZipArchive.localHeaderBytes + name.count < UInt32.max,
      contents.count < UInt32.max
    else { throw .archiveTooLarge }

    var common: [UInt8] = []
    common.appendLittleEndian(UInt16(20))  // version needed: 2.0, deflate
    common.appendLittleEndian(UInt16(1 << 11))  // the name is UTF-8
    common.appendLittleEndian(packed == nil ? ZipArchive.stored : ZipArchive.deflate)
    common.appendLittleEndian(UInt16(0))  // 00:00:00
    common.appendLittleEndian(UInt16(1 << 5 | 1))  // 1980-01-01
    common.appendLittleEndian(zipChecksum(contents))
    common.appendLittleEndian(UInt32(stored.count))
    common.appendLittleEndian(UInt32(contents.count))
    common.appendLittleEndian(UInt16(name.count))
    common.appendLittleEndian(UInt16(0))  // no extra field

    directory.appendLittleEndian(ZipArchive.centralSignature)
    directory.appendLittleEndian(UInt16(20))  // made by version 2.0
    directory += common
    directory += [UInt8](repeating: 0, count: 10)  // no comment, first disk, no attributes
    directory.appendLittleEndian(UInt32(file.count))
    directory += name

    file.appendLittleEndian(ZipArchive.localSignature)
    file += common + name + stored
  }
  guard file.count + directory.count < UInt32.max else { throw .archiveTooLarge }
  var end: [UInt8] = []
  end.appendLittleEndian(ZipArchive.endSignature)
  end.appendLittleEndian(UInt32(0))  // one disk
  end.appendLittleEndian(UInt16(tensors.count))
  end.appendLittleEndian(UInt16(tensors.count))
  end.appendLittleEndian(UInt32(directory.count))
  end.appendLittleEndian(UInt32(file.count))
  end.appendLittleEndian(UInt16(0))  // no comment
  return file + directory + end
}
