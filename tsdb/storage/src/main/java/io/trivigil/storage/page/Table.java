package io.trivigil.storage.page;

/// The tables of the store; in RocksDB each is a column family of the same name in lower case.
public enum Table {
  /// Format, position, settings, one record per partition.
  META,
  /// State of the machines: one value per section.
  SECTIONS,
  /// Reference to labels, 1,024 references to a value.
  CATALOGUE,
  /// Last timestamp and value of each series, 1,024 references to a value.
  LASTS,
  /// Which series have samples in which partition, in the order in which they came.
  MEMBERS,
  /// Samples, by partition, reference and time.
  CHUNKS,
  /// Chunks that were found corrupt and set aside, under their old keys.
  ASIDE,
  /// Merged samples of many series, by partition, generation and number; the last number is the
  /// table of who stands where.
  PAGES
}
