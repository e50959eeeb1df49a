package io.trivigil.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The mails that the SMTP server kept, one file each, named by the millisecond of their arrival.
record MailBox(Path directory) {
  /// One mail: when it came, its Message-ID and its raw text.
  record Mail(long receivedMs, String id, String text) {}

  List<Mail> mails() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".eml"))
          .sorted()
          .map(MailBox::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void clear() {
    for (Mail mail : mails()) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file :
            files
                .filter(f -> f.getFileName().toString().startsWith("" + mail.receivedMs()))
                .toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Mail read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      String id =
          text.lines()
              .filter(line -> line.regionMatches(true, 0, "Message-ID:", 0, 11))
              .findFirst()
              .orElse("");
      return new Mail(Long.parseLong(file.getFileName().toString().substring(0, 13)), id, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
