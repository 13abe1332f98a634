// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Testing

@Suite("preprocess.yaml")
struct SettingsTests {
  private let fixture: FolderFixture

  init() throws {
    fixture = try FolderFixture()
    try fixture.picture("0/a.png")
  }

  @Test("every key has its meaning")
  func allKeys() throws {
    try fixture.write("names.txt", "background\r\ncat\ndog\n")
    try fixture.write(
      "preprocess.yaml",
      """
      # for a model of the old school
      size: [256, 320]
      resize: fit
      position: corner
      fill: [1, 2, 3]
      crop: 224
      scale: 0.5
      mean: [1, 2.5, 3]
      std: 2
      channels: BGR
      layout: NHWC
      classes: names.txt
      label_offset: 1
      foreground: [cat, 0]
      decoder: yolox
      """)
    let settings = try fixture.open(.picture).settings
    #expect(settings.size == PixelSize(height: 256, width: 320))
    #expect(settings.resize == .fit && settings.position == .corner)
    #expect(settings.fill == [1, 2, 3])
    #expect(settings.crop == PixelSize(height: 224, width: 224))
    #expect(settings.normalization.scale == 0.5)
    #expect(settings.normalization.mean == [1, 2.5, 3] && settings.normalization.std == [2])
    #expect(settings.channelOrder == .bgr && settings.layout == .nhwc)
    #expect(settings.classes.names == ["background", "cat", "dog"])
    #expect(settings.classes.offset == 1)
    #expect(settings.foreground == [1, 1])
    #expect(settings.decoder == .yolox)
  }

  @Test func isNotNeeded() throws {
    #expect(try fixture.open(.picture).settings == Preprocessing())
    try fixture.write("preprocess.yaml", "")
    #expect(try fixture.open(.picture).settings == Preprocessing())
  }

  @Test(
    "says which line is wrong, and how",
    arguments: [
      ("size: 8\nfrob: 1", ":2: there is no key \"frob\"; the keys are size, resize"),
      ("- 1", ":1: a mapping of keys to values is expected"),
      ("size: 0", ":1: size takes a number of pixels, or [height, width]"),
      ("size: [8]", ":1: size takes"),
      ("size: 1000000", ":1: size takes"),
      ("crop: 8\nsize: 9", ":2: size does nothing without"),
      ("\nresize: zoom", ":2: resize takes none, fit, cover, stretch"),
      ("fill: 256", ":1: fill takes a number of 0 to 255, or three"),
      ("scale: 0", ":1: scale takes a number other than 0"),
      ("mean: [1, 2]", ":1: mean takes a number, or one for each channel"),
      ("mean: .nan", ":1: mean takes a number, or one for each channel"),
      ("std: 0", ":1: std takes a number above 0, or one for each channel"),
      ("classes: ../names.txt", ":1: classes takes a list of names, or a text file"),
      ("classes: [a, [b]]", ":1: classes takes a list of names, or a text file"),
      ("classes: [a, a]\nforeground: [a]", ":2: foreground: several classes are called \"a\""),
      ("foreground: cat", ":1: foreground takes a list of classes, by name or number"),
      ("label_offset: 0.5", ":1: label_offset takes a whole number"),
      ("size: 8\nsize: 9", ":1: this is not YAML: size is there twice"),
      ("size: [8", ":2: this is not YAML: did not find expected ',' or ']'"),
    ])
  func badSettings(text: String, message: String) throws {
    try fixture.write("preprocess.yaml", text)
    let found = try fixture.message(.picture)
    #expect(found.hasPrefix("DATA/preprocess.yaml\(message)"), "\(found)")
  }

  @Test("neither depth nor size nor bytes that are no text do harm")
  func hostile() throws {
    try fixture.write("preprocess.yaml", String(repeating: "[", count: 100_000))
    #expect(try fixture.message(.picture).contains("this is not YAML"))
    try fixture.write("preprocess.yaml", String(repeating: "- ", count: 100_000))
    #expect(try fixture.message(.picture).contains("preprocess.yaml"))
    try fixture.write("preprocess.yaml", [0xFF, 0xFE, 0xFD])
    #expect(try fixture.message(.picture) == "DATA/preprocess.yaml: the file is not UTF-8 text")
    try fixture.write("preprocess.yaml", [UInt8](repeating: 0x23, count: 2 << 20))
    #expect(try fixture.message(.picture).contains("the file is larger than 1048576 bytes"))
  }

  @Test func missingNames() throws {
    try fixture.write("preprocess.yaml", "classes: none.txt")
    #expect(try fixture.message(.picture).hasSuffix("DATA/none.txt: No such file or directory"))
  }
}
