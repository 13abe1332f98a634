// SPDX-License-Identifier: Apache-2.0
import CPlatform

/// The process around a program, for executables without Foundation.
package enum SystemProcess {
  /// Where text goes.
  package enum Stream: Int32 {
    case output = 1
    case error = 2
  }

  /// The arguments, the executable's own name first; empty when the system does not tell them.
  package static var arguments: [String] {
    var data: UnsafeMutablePointer<CChar>?
    var count = 0
    // SAFETY: the results are variables of this scope.
    guard unsafe cp_arguments(&data, &count) == 0 else { return [] }
    defer { unsafe cp_free(data) }
    var arguments: [String] = []
    var argument: [UInt8] = []
    // SAFETY: `data` holds `count` bytes until freed.
    let characters = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    for character in characters {
      if character == 0 {
        arguments.append(String(decoding: argument, as: UTF8.self))
        argument.removeAll(keepingCapacity: true)
      } else {
        argument.append(UInt8(bitPattern: character))
      }
    }
    return arguments
  }

  /// The value of an environment variable.
  package static func environment(_ name: String) -> String? {
    // SAFETY: the name is NUL-terminated for the call; nothing here changes the environment.
    unsafe name.withCString { unsafe cp_environment($0) }.map { unsafe String(cString: $0) }
  }

  /// Writes text at once, unbuffered; errors are ignored, there is nowhere to report them.
  package static func write(_ text: String, to stream: Stream) {
    let bytes = Array(text.utf8)
    // SAFETY: the array's storage, alive for the closure.
    _ = unsafe bytes.withUnsafeBytes {
      unsafe cp_write_descriptor(stream.rawValue, $0.baseAddress, $0.count)
    }
  }

  /// Monotonic time.
  package static var nanoseconds: UInt64 { cp_clock_nanoseconds() }

  /// The most memory that was resident so far, in KiB.
  package static var peakResidentKiB: UInt64 { cp_peak_resident_kib() }

  /// Ends the process.
  package static func exit(_ code: Int32) -> Never { cp_exit(code) }
}
