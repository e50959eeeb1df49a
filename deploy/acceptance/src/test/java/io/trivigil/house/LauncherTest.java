package io.trivigil.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher in a distribution of empty jars, with a JVM that says how it was started.
class LauncherTest {
  private static final Path ROOT =
      Path.of(System.getProperty("trivigil.root", "../..")).toAbsolutePath().normalize();

  @TempDir private Path home;

  /// A class of ours stands for one of Ratis' by coming first (docs/adr/0023), whatever the names.
  @Test
  void ourJarsComeFirstOnTheClassPathAndAllAreOnIt() throws Exception {
    List<String> ours = List.of("trivigil-model-1.jar", "trivigil-raft-1.jar");
    List<String> theirs = List.of("a b.jar", "ratis-common-3.jar", "zz-trivigil-1.jar");
    for (String jar : Stream.concat(theirs.stream(), ours.stream()).toList()) {
      Files.createFile(Files.createDirectories(home.resolve("lib")).resolve(jar));
    }
    assertThat(classPath())
        .containsExactlyElementsOf(
            Stream.concat(ours.stream(), theirs.stream())
                .map(jar -> home.resolve("lib").resolve(jar).toString())
                .toList());
  }

  private List<String> classPath() throws IOException, InterruptedException {
    Path launcher = Files.createDirectories(home.resolve("bin")).resolve("trivigil");
    Files.copy(ROOT.resolve("trivigil"), launcher);
    Path jdk = home.resolve("jdk");
    Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    Files.writeString(java, "#!/bin/sh\necho \"$CLASSPATH\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    ProcessBuilder start = new ProcessBuilder("bash", launcher.toString(), "server");
    start.environment().put("TRIVIGIL_JAVA", jdk.toString());
    start.environment().put("TRIVIGIL_AOT", "off");
    Process process = start.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return List.of(said.strip().split(":"));
  }
}
