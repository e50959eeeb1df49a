package org.apache.ratis.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.Checksum;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.junit.jupiter.api.Test;

/// Ours stands for Ratis' class, and gives the same values: what one of them wrote, the other
/// reads.
class PureJavaCrc32CTest {
  private static final String NAME = "org.apache.ratis.util.PureJavaCrc32C";
  private static final String FILE = NAME.replace('.', '/') + ".class";

  @Test
  void oursIsTheOneThatRatisTakes() throws Exception {
    ClassLoader ratis = SegmentedRaftLogOutputStream.class.getClassLoader();
    URL taken = ratis.getResource(FILE);
    assertThat(Class.forName(NAME, false, ratis)).isEqualTo(PureJavaCrc32C.class);
    assertThat(Collections.list(ratis.getResources(FILE))).hasSize(2).startsWith(taken);
    assertThat(taken.toString()).doesNotContain(jarOfRatis().toString());
  }

  @Test
  void knownValue() {
    PureJavaCrc32C ours = new PureJavaCrc32C();
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    ours.update(digits, 0, digits.length);
    assertThat(ours.getValue()).isEqualTo(0xe3069283L); // the check value of CRC-32C
  }

  /// The same calls, by chance, on both: the values agree behind each.
  @Test
  void countsAsRatisDoes() throws Exception {
    try (URLClassLoader alone =
        new URLClassLoader(new URL[] {jarOfRatis()}, ClassLoader.getPlatformClassLoader())) {
      Class<?> type = alone.loadClass(NAME);
      assertThat(type).isNotEqualTo(PureJavaCrc32C.class);
      Checksum theirs = (Checksum) type.getConstructor().newInstance();
      Checksum ours = new PureJavaCrc32C();
      assertThat(ours.getValue()).isEqualTo(theirs.getValue());
      Random random = new Random(17);
      for (int call = 0; call < 20_000; call++) {
        String done = step(random, theirs, ours);
        assertThat(ours.getValue()).as("call %d: %s", call, done).isEqualTo(theirs.getValue());
      }
    }
  }

  private static String step(Random random, Checksum theirs, Checksum ours) {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    int offset = random.nextInt(bytes.length + 1);
    int length = random.nextInt(bytes.length - offset + 1);
    switch (random.nextInt(8)) {
      case 0 -> {
        theirs.reset();
        ours.reset();
        return "reset";
      }
      case 1 -> {
        int value = random.nextInt(); // of which the lowest byte counts
        theirs.update(value);
        ours.update(value);
        return "byte " + value;
      }
      case 2 -> {
        theirs.update(bytes);
        ours.update(bytes);
        return "array of " + bytes.length;
      }
      case 3, 4 -> {
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        return both(theirs, ours, direct.position(offset).limit(offset + length), "direct");
      }
      case 5 -> {
        ByteBuffer heap = ByteBuffer.wrap(bytes).position(offset).slice();
        return both(theirs, ours, heap.limit(length), "slice of an array");
      }
      case 6 -> {
        ByteBuffer kept = ByteBuffer.wrap(bytes, offset, length).asReadOnlyBuffer();
        return both(theirs, ours, kept, "read-only");
      }
      default -> {
        theirs.update(bytes, offset, length);
        ours.update(bytes, offset, length);
        return "array of %d from %d, %d bytes".formatted(bytes.length, offset, length);
      }
    }
  }

  /// Theirs gets a buffer of its own: it changes the byte order.
  private static String both(Checksum theirs, Checksum ours, ByteBuffer buffer, String kind) {
    theirs.update(buffer.duplicate());
    int position = buffer.position();
    int limit = buffer.limit();
    ours.update(buffer);
    assertThat(buffer.position()).isEqualTo(position);
    assertThat(buffer.limit()).isEqualTo(limit);
    return "%s buffer of %d bytes".formatted(kind, limit - position);
  }

  @Test
  void allLengthsAndAlignments() throws Exception {
    try (URLClassLoader alone =
        new URLClassLoader(new URL[] {jarOfRatis()}, ClassLoader.getPlatformClassLoader())) {
      Checksum theirs = (Checksum) alone.loadClass(NAME).getConstructor().newInstance();
      Checksum ours = new PureJavaCrc32C();
      byte[] bytes = new byte[80];
      new Random(32).nextBytes(bytes);
      for (int offset = 0; offset < 16; offset++) {
        for (int length = 0; offset + length <= bytes.length; length++) {
          theirs.reset();
          ours.reset();
          theirs.update(bytes, offset, length);
          ours.update(bytes, offset, length);
          assertThat(ours.getValue()).as("%d + %d", offset, length).isEqualTo(theirs.getValue());
        }
      }
    }
  }

  /// The jar that has Ratis' own class: the other of the two places with this name.
  private static URL jarOfRatis() throws IOException {
    List<URL> jars = new ArrayList<>();
    ClassLoader loader = PureJavaCrc32CTest.class.getClassLoader();
    for (URL place : Collections.list(loader.getResources(FILE))) {
      if (place.openConnection() instanceof JarURLConnection inJar
          && inJar.getJarFileURL().getPath().contains("ratis-common")) {
        jars.add(inJar.getJarFileURL());
      }
    }
    assertThat(jars).hasSize(1);
    return jars.getFirst();
  }
}
