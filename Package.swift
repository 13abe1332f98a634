// swift-tools-version: 6.3
// The layer table of docs/architecture.md, executable: a target may depend on those above it only.
import PackageDescription

let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatWarning("StrictMemorySafety", as: .error),
  .enableExperimentalFeature("Lifetimes"),
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "thimble",
  products: [
    .library(name: "Thimble", targets: ["Engine"]),
    .library(name: "thimble-c", type: .dynamic, targets: ["Engine"]),
    .executable(name: "thimble", targets: ["thimble"]),
    .executable(name: "thimble-runner", targets: ["ThimbleRunner"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    // The engine: what ships to boards. Compiles as ordinary and as Embedded Swift.
    .target(name: "CKernels"),
    .target(name: "CPlatform", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CThimble"),
    .target(name: "TensorCore", swiftSettings: strict),
    .target(
      name: "Engine", dependencies: ["CKernels", "CPlatform", "CThimble", "TensorCore"],
      swiftSettings: strict),
    .executableTarget(
      name: "ThimbleRunner", dependencies: ["CPlatform", "TensorCore", "Engine"],
      swiftSettings: strict),

    // The workshop: runs on a laptop.
    .target(
      name: "Graph", dependencies: ["CKernels", "TensorCore", "Engine"], swiftSettings: strict),
    .target(
      name: "Operators", dependencies: ["CKernels", "TensorCore", "Engine", "Graph"],
      swiftSettings: strict),
    .target(
      name: "Importers", dependencies: ["TensorCore", "Graph", "Operators"], swiftSettings: strict),
    .target(name: "ONNXSchema", dependencies: [protobuf], exclude: ["onnx.proto"]),
    .target(
      name: "Exporters",
      dependencies: [protobuf, "TensorCore", "Graph", "Operators", "ONNXSchema"],
      swiftSettings: strict),
    .target(
      name: "Compiler", dependencies: ["CKernels", "TensorCore", "Engine", "Graph", "Operators"],
      swiftSettings: strict),

    .target(
      name: "Boards", dependencies: [yams, "Compiler"], swiftSettings: strict),
    .target(
      name: "Quantization",
      dependencies: ["TensorCore", "Engine", "Graph", "Operators", "Compiler"],
      path: "Quantization", swiftSettings: strict),

    // The command line, and the files it reads and writes: .npy, .npz, PNG, JPEG.
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "TensorFiles", dependencies: ["CPNG", "CTurboJPEG", "CZlib", "TensorCore"],
      swiftSettings: strict),
    .target(
      name: "DataFolders", dependencies: [yams, "TensorCore", "TensorFiles"],
      swiftSettings: strict),
    .target(
      name: "Evaluation", dependencies: ["TensorCore", "TensorFiles", "DataFolders"],
      swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: [
        yams, "TensorCore", "Engine", "Graph", "Operators", "Compiler", "TensorFiles",
        "DataFolders", "Evaluation",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "thimble",
      dependencies: [
        argumentParser, "TensorCore", "Engine", "Graph", "Operators", "Importers", "Exporters",
        "Compiler", "Boards", "Quantization", "TensorFiles", "DataFolders", "Evaluation",
        "Training",
      ],
      resources: [
        "Page/Assets/page.html", "Page/Assets/page.css", "Page/Assets/elements.js",
        "Page/Assets/page.js", "Page/Assets/totals.js", "Page/Assets/arena.js",
        "Page/Assets/steps.js", "Page/Assets/layout.js", "Page/Assets/graph.js",
        "Page/Assets/diagnosis.css", "Page/Assets/diagnosis.js", "Page/Assets/findings.js",
        "Page/Assets/cures.js", "Page/Assets/layers.js", "Page/Assets/training.css",
        "Page/Assets/curves.js", "Page/Assets/training.js", "Page/Assets/norms.js",
        "Page/Assets/confusion.js", "Compare/peer.py",
      ].map { .embedInCode($0) },
      swiftSettings: strict),

    // Tests: one folder per target, plus what they share.
    .target(
      name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .target(
      name: "CEmulatedKernels", dependencies: ["CKernels"], path: "Tests/CEmulatedKernels"),
    .target(
      name: "TestSupport",
      dependencies: [
        "CKernels", "TensorCore", "Engine", "Graph", "Operators", "Importers", "Compiler",
        "TensorFiles",
      ],
      path: "Tests/TestSupport"),
    .testTarget(
      name: "KernelsTests",
      dependencies: ["CKernels", "CPlatform", "Engine", "CEmulatedKernels"]),
    .testTarget(name: "TensorCoreTests", dependencies: ["TensorCore"]),
    .testTarget(
      name: "EngineTests",
      dependencies: [
        "CKernels", "CPlatform", "CThimble", "TensorCore", "Engine", "TestSupport",
        "CAllocationCounter",
      ]),
    .testTarget(name: "GraphTests", dependencies: ["TensorCore", "Graph", "Operators"]),
    .testTarget(
      name: "OperatorsTests",
      dependencies: [
        "CKernels", "CPlatform", "TensorCore", "Engine", "Graph", "Operators", "Compiler",
        "TestSupport",
      ]),
    .testTarget(
      name: "ImportersTests",
      dependencies: ["TensorCore", "Graph", "Operators", "Importers", "TestSupport"],
      exclude: ["Fixtures", "Hostile"]),
    .testTarget(
      name: "ExportersTests",
      dependencies: [
        "TensorCore", "Engine", "Graph", "Operators", "Importers", "Exporters", "Compiler",
        "Quantization", "TensorFiles", "DataFolders", "TestSupport",
      ]),
    .testTarget(
      name: "CompilerTests",
      dependencies: ["TensorCore", "Engine", "Graph", "Operators", "Compiler", "TestSupport"]),
    .testTarget(
      name: "QuantizationTests",
      dependencies: [
        "TensorCore", "Engine", "Graph", "Operators", "Importers", "Compiler", "Quantization",
        "TensorFiles", "DataFolders", "Evaluation", "TestSupport",
      ]),
    .testTarget(
      name: "BoardsTests", dependencies: ["CKernels", "Engine", "Compiler", "Boards"]),
    .testTarget(name: "TensorFilesTests", dependencies: ["TensorCore", "TensorFiles"]),
    .testTarget(
      name: "DataFoldersTests",
      dependencies: ["TensorCore", "TensorFiles", "DataFolders", "TestSupport"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: ["TensorCore", "TensorFiles", "DataFolders", "Evaluation", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "TensorCore", "Engine", "Graph", "Operators", "Importers", "Compiler", "Training",
        "TensorFiles", "DataFolders", "Evaluation", "TestSupport",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "ModelTests",
      dependencies: [
        "TensorCore", "Engine", "Graph", "Operators", "Importers", "Compiler", "TensorFiles",
        "DataFolders", "Evaluation", "TestSupport", "CAllocationCounter",
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: ["TensorCore", "Engine", "Importers", "TensorFiles", "TestSupport"]),
  ]
)

// tools/fuzz: the importers under libFuzzer. Apart, because the sanitisers need unsafe flags.
if Context.environment["FUZZ"] == "1" {
  let sanitizers = ["-sanitize=fuzzer,address"]
  for target in package.targets
  where ["TensorCore", "Graph", "Operators", "Importers"].contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(sanitizers)]
  }
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "ImportersFuzz", dependencies: ["CFuzzer", "Importers"], path: "Tests/Fuzz/Importers",
      swiftSettings: [.unsafeFlags(sanitizers)],
      linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]),
  ]
}

// tools/sanitize: the kernels and the threads under sanitizers, with their own tests alone.
if let sanitizer = Context.environment["SANITIZE"] {
  let kept = [
    "CKernels", "CPlatform", "CThimble", "TensorCore", "Engine", "CEmulatedKernels", "KernelsTests",
  ]
  package.products = []
  package.targets.removeAll { !kept.contains($0.name) }
  package.targets.append(
    .testTarget(
      name: "GangTests", dependencies: ["CPlatform"], path: "Tests/EngineTests",
      sources: ["GangTests.swift"]))
  for target in package.targets
  where sanitizer == "address"
    && ["CKernels", "CPlatform", "CEmulatedKernels"].contains(target.name)
  {
    // Swift's driver knows no undefined-behaviour sanitizer; its run time comes with the address
    // sanitizer's.
    target.cSettings = [
      .unsafeFlags(["-fsanitize=undefined", "-fno-sanitize-recover=undefined"])
    ]
  }
}
