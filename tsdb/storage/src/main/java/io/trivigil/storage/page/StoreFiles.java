package io.trivigil.storage.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.Status;

/// Looks at the files of a store, one by one. Writes nothing.
public final class StoreFiles {
  private static final String TABLE_SUFFIX = ".sst";

  private StoreFiles() {}

  /// Checks the store in `directory`, which nobody has open: its pointer, its tables and whether it
  /// opens. Each problem is told with the file that it is about.
  public static void check(Path directory, FileCheck check) {
    RocksDB.loadLibrary();
    Path pages;
    try {
      pages = PageDirectories.look(directory);
    } catch (IOException e) {
      check.damaged(directory.toString(), String.valueOf(e.getMessage()));
      return;
    }
    List<Path> tables;
    try (Stream<Path> files = Files.list(pages)) {
      tables = files.filter(f -> f.toString().endsWith(TABLE_SUFFIX)).sorted().toList();
    } catch (IOException e) {
      check.damaged(pages.toString(), e.toString());
      return;
    }
    for (Path table : tables) {
      if (!checkTable(table, check)) {
        return;
      }
    }
    checkOpens(pages, check);
  }

  /// Reads every block of one table. Returns whether to go on.
  static boolean checkTable(Path table, FileCheck check) {
    long bytes = table.toFile().length();
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(table.toString());
      reader.verifyChecksum();
    } catch (RocksDBException e) {
      check.damaged(table.toString(), String.valueOf(e.getMessage()));
    }
    return check.read(table.toString(), bytes);
  }

  private static void checkOpens(Path pages, FileCheck check) {
    try (DBOptions dbOptions = new DBOptions()) {
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      for (Table table : Table.values()) {
        if (table != Table.PAGES || hasPages(pages)) {
          families.add(new ColumnFamilyDescriptor(RocksInstance.name(table)));
        }
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      try (RocksDB db = RocksDB.openReadOnly(dbOptions, pages.toString(), families, handles)) {
        handles.forEach(ColumnFamilyHandle::close);
        check.read(pages.toString(), db.getLatestSequenceNumber() < 0 ? 1 : 0);
      }
    } catch (RocksDBException e) {
      check.damaged(pages.toString(), String.valueOf(e.getMessage()));
    }
  }

  /// An older store lacks the table, which opening it for use adds.
  private static boolean hasPages(Path pages) throws RocksDBException {
    try (Options options = new Options()) {
      return RocksDB.listColumnFamilies(options, pages.toString()).stream()
          .anyMatch(name -> Arrays.equals(name, RocksInstance.name(Table.PAGES)));
    }
  }

  /// Whether the files are damaged, rather than the disk full, the store in use or the like.
  static boolean isDamage(RocksDBException e) {
    Status status = e.getStatus();
    String message = String.valueOf(e.getMessage());
    return (status != null && status.getCode() == Status.Code.Corruption)
        || message.startsWith("Corruption")
        || message.contains("No such file or directory")
        || message.contains("Input/output error");
  }
}
