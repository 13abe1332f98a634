import ArgumentParser

@main
struct Thimble: ParsableCommand {}
