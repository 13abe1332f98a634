// SPDX-License-Identifier: Apache-2.0
import CThimble

/// A Swift object as C holds it: one strong reference.
func handle(for object: some AnyObject) -> OpaquePointer {
  unsafe OpaquePointer(Unmanaged.passRetained(object).toOpaque())
}

/// The object of a handle.
///
/// - Precondition: made by `handle(for:)` of an object of this class and not released.
func object<Object: AnyObject>(_ handle: OpaquePointer, as type: Object.Type) -> Object {
  // SAFETY: as the caller of the C function must see to; the types in thimble.h keep kinds apart.
  unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
}

/// Drops a handle's reference.
func release<Object: AnyObject>(_ handle: OpaquePointer?, as type: Object.Type) {
  guard let handle = unsafe handle else { return }
  // SAFETY: as above.
  unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release()
}

/// Stores an error's place where the caller wants it, and returns its status.
func report(
  _ status: thimble_status, _ detail: thimble_detail,
  _ result: UnsafeMutablePointer<thimble_detail>?
) -> thimble_status {
  // SAFETY: null or the caller's struct.
  unsafe result?.pointee = detail
  return status
}

/// A constant string as C reads it.
func cString(_ string: StaticString) -> UnsafePointer<CChar> {
  // SAFETY: literals end with NUL and live forever; CChar and UInt8 have one layout.
  unsafe UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
}
