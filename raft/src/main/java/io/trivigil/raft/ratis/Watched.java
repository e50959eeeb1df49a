package io.trivigil.raft.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was read from files, read anew when they have changed. A change that can not be read, such
/// as a certificate whose key is not there yet, is told once, and what was good stays in force.
/// Thread-safe.
final class Watched<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Watched.class);

  /// Reads the files.
  interface Reader<T> {
    T read() throws IOException;
  }

  private record Stamp(FileTime changed, long size) {}

  private final List<Path> files;
  private final Reader<T> reader;
  private final Object lock = new Object();
  private List<Stamp> stamps;
  private T value;

  Watched(List<Path> files, Reader<T> reader) throws IOException {
    this.files = List.copyOf(files);
    this.reader = reader;
    this.stamps = stamps();
    this.value = reader.read();
  }

  T get() {
    synchronized (lock) {
      List<Stamp> now;
      try {
        now = stamps();
      } catch (IOException e) {
        now = List.of(); // being exchanged: looked at again for the next connection
      }
      if (!now.isEmpty() && !now.equals(stamps)) {
        stamps = now;
        try {
          value = reader.read();
          LOG.info("cluster port: files read anew files={}", files);
        } catch (IOException e) {
          LOG.warn("cluster port: changed files not used reason=\"{}\"", e.getMessage());
        }
      }
      return value;
    }
  }

  private List<Stamp> stamps() throws IOException {
    List<Stamp> now = new ArrayList<>();
    for (Path file : files) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      now.add(new Stamp(attributes.lastModifiedTime(), attributes.size()));
    }
    return now;
  }
}
