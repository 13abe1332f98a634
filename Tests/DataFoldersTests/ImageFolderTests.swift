// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore
import TensorFiles
import Testing

@Suite("folders of pictures")
struct ImageFolderTests {
  private let fixture: FolderFixture

  init() throws { fixture = try FolderFixture() }

  private func labels() throws -> [Truth] {
    let folder = try fixture.open(.picture)
    return try (0..<folder.count).map { try folder.sample($0, truth: .label).truth }
  }

  // MARK: - Class folders

  @Test("counts sub-folders in order, or by their numbers, or by the names of classes")
  func classFolders() throws {
    try fixture.picture("dog/a.png")
    try fixture.picture("cat/a.png")
    try fixture.picture("cat/b.JPG")
    try fixture.write("cat/notes.txt", "not a picture")
    #expect(try labels() == [.label(0), .label(0), .label(1)])

    try fixture.write("preprocess.yaml", "classes: [bird, dog, cat]")
    #expect(try labels() == [.label(2), .label(2), .label(1)])
  }

  @Test func numbersOfClassFolders() throws {
    try fixture.picture("10/a.png")
    try fixture.picture("2/a.png")
    try fixture.write("preprocess.yaml", "label_offset: 1")
    #expect(try labels() == [.label(11), .label(3)])
  }

  @Test func refusesFoldersOfUnknownClasses() throws {
    try fixture.picture("dog/a.png")
    try fixture.write("preprocess.yaml", "classes: [cat]")
    #expect(
      try fixture.message(.picture)
        == "DATA/dog: the label \"dog\" is none of the classes of preprocess.yaml")
  }

  @Test func refusesFoldersWithoutSamples() throws {
    #expect(try fixture.message(.picture).hasPrefix("DATA has no samples: neither x.npy"))
    try fixture.write("empty/notes.txt", "no picture")
    #expect(try fixture.message(.picture).hasPrefix("DATA has no samples"))
    #expect(throws: DataFolderError.self) { try DataFolder("\(fixture.path)/none", inputs: []) }
  }

  // MARK: - Tables

  @Test("reads labels, boxes and masks from a table, quoted or not")
  func table() throws {
    try fixture.picture("pictures/a,b.png")
    try fixture.picture("mask.png", grey: 3)
    try fixture.write(
      "labels.csv",
      "note,file,label,x0,y0,x1,y1,mask\r\n"
        + "\"a \"\"note\"\"\",\"pictures/a,b.png\",cat,0,0.5,1,2,mask.png\r\n")
    try fixture.write("preprocess.yaml", "classes: [dog, cat]")
    let folder = try fixture.open(.picture)
    #expect(folder.kinds == [.label, .box, .mask] && folder.count == 1)
    #expect(
      try folder.sample(0, truth: .box).truth
        == .box(Box(x0: 0, y0: 0.5, x1: 1, y1: 2), label: 1))
    #expect(
      try folder.sample(0, truth: .mask).truth
        == .mask(ClassMap(height: 2, width: 2, classes: [3, 3, 3, 3])))
  }

  @Test(
    "says which line of a table is wrong, and how",
    arguments: [
      ("", "1: the names of the columns are expected, such as \"file,label\""),
      ("file,label", "1: no sample follows the names of the columns"),
      ("label\n0", "1: there is no column \"file\""),
      ("file\na.png", "1: there is no column \"label\""),
      ("file,label,label\na.png,0,0", "1: there are two columns \"label\""),
      (
        "file,label,x0,y1\na.png,0,1,2",
        "1: there is no column \"y0\": a box takes x0, y0, x1 and y1"
      ),
      ("file,label\na.png", "2: the line has 1 fields; the header names 2 columns"),
      ("file,label\na.png,0\n\"a.png,0", "3: a quoted field is not closed, or text follows"),
      ("file,label\n../a.png,0", "2: \"../a.png\" leads out of the folder"),
      ("file,label\n/etc/passwd,0", "2: \"/etc/passwd\" leads out of the folder"),
      ("file,label,x0,y0,x1,y1\na.png,0,0,0,nan,1", "2: x1 is \"nan\", which is no finite"),
      ("file,label,x0,y0,x1,y1\na.png,0,1,0,1,1", "2: the box has no area"),
      ("file,label\na.png,cat", "2: the label \"cat\" is no number; give the names"),
      ("file,label\na.png,-1", "2: the label \"-1\" is no number of a class"),
    ])
  func badTables(text: String, message: String) throws {
    try fixture.write("labels.csv", text)
    #expect(try fixture.message(.picture).hasPrefix("DATA/labels.csv:\(message)"))
  }

  // MARK: - Pictures

  @Test("normalises, orders and arranges the channels")
  func inputs() throws {
    let samples: [UInt8] = [0, 51, 255, 102, 0, 0, 0, 0, 0, 0, 0, 0]
    try fixture.write(
      "0/a.png", writePNG(Image(width: 2, height: 2, samples: samples)))
    let settings = "scale: 0.1\nmean: [0, 1, 2]\nstd: [1, 2, 0.5]\nchannels: BGR\n"
    try fixture.write("preprocess.yaml", settings)
    let last = try fixture.open(.picture).sample(0, truth: .label).runs[0][0]
    // Blue, green, red of the first pixel are 255, 51, 0; the mean and std are those of the input's
    // channels.
    #expect(Array(last.float32Values[0..<6]) == [25.5, 2.05, -4, 0, -0.5, 16.4].map(Float.init))

    let first = InputPort(name: "image", type: TensorType(.float32, [1, 3, 2, 2]))
    let planes = try fixture.open(first).sample(0, truth: .label).runs[0][0].float32Values
    #expect(planes[0] == 25.5 && planes[1] == 0 && planes[4] == Float(2.05) && planes[8] == -4)
  }

  @Test("quantises for integer inputs; samples that nothing changes are stored as they are")
  func integerInputs() throws {
    try fixture.picture("0/a.png", grey: 200)
    let quantization = QuantizationParameters(scale: 0x1p-7, zeroPoint: 128)
    let port = InputPort(
      name: "image", type: TensorType(.uint8, [1, 2, 2, 3], quantization: quantization))
    #expect(try fixture.open(port).sample(0, truth: .label).runs[0][0].bytes[0] == 200)
    // (200 − 128) / 128 is 72 steps of 1 / 128.
    try fixture.write("preprocess.yaml", "mean: 128\nstd: 128")
    #expect(try fixture.open(port).sample(0, truth: .label).runs[0][0].bytes[0] == 200)
    try fixture.write("preprocess.yaml", "mean: 128\nstd: 256")
    #expect(try fixture.open(port).sample(0, truth: .label).runs[0][0].bytes[0] == 128 + 36)
  }

  @Test("says which picture is wrong, and how")
  func badPictures() throws {
    try fixture.picture("0/a.png", width: 3)
    #expect(
      try fixture.message(.picture)
        == "DATA/0/a.png: the picture has 3 x 2 pixels, the input 2 x 2; say in preprocess.yaml "
        + "how it fits, such as \"resize: cover\"")
    try fixture.write("0/a.png", [0x89, 0x50, 0x4E, 0x47, 0x0D])
    #expect(try fixture.message(.picture).hasPrefix("DATA/0/a.png: the PNG image is not readable"))
    #expect(
      try fixture.message(.vector)
        == "DATA: the model's inputs are no picture: \"x\" float32 1x3")
    try fixture.write("preprocess.yaml", "mean: [1, 2, 3]")
    #expect(
      try fixture.message(InputPort(name: "g", type: TensorType(.float32, [1, 2, 2, 1])))
        == "DATA: mean and std of preprocess.yaml have 3 channels, the input 1")
  }

  @Test("says which mask is wrong, and how")
  func badMasks() throws {
    try fixture.picture("a.png")
    try fixture.picture("m.png", width: 3)
    try fixture.write("labels.csv", "file,mask\na.png,m.png\n")
    #expect(
      try fixture.message(.picture) == "DATA/m.png: the mask has 3 x 2 pixels, its picture 2 x 2")
    try fixture.write(
      "m.png", writePNG(Image(width: 2, height: 2, samples: [UInt8](0..<12))))
    #expect(
      try fixture.message(.picture)
        == "DATA/m.png: the pixel at 0, 0 is coloured; masks are grey, and the grey is the class")
  }
}
