package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.ConfigBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFolderTest {
  private static final LocalFiles DISK = new LocalFiles(Map.of());

  private static ConfigBundle read(Path folder) {
    ConfigFolder of =
        ConfigFolder.of(
            folder.resolve("prometheus.yml").toString(),
            Optional.of(folder.resolve("am.yml").toString()));
    ConfigBundle.Recorder recorder = new ConfigBundle.Recorder(of.over(DISK));
    assertThat(recorder.file(of.prometheusFile())).contains("main");
    assertThat(recorder.glob("rules/*.yml")).containsExactly("rules/a.yml");
    assertThat(recorder.file("rules/a.yml")).contains("rule");
    return recorder.bundle(of.prometheusFile(), of.alertmanagerFile().orElse(""));
  }

  private static void write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("rules"));
    Files.writeString(folder.resolve("prometheus.yml"), "main");
    Files.writeString(folder.resolve("rules/a.yml"), "rule");
    Files.writeString(folder.resolve("rules/b.txt"), "no rule");
  }

  @Test
  void sameFilesInOtherFoldersAreTheSameVersion(@TempDir Path one, @TempDir Path other)
      throws IOException {
    write(one);
    write(other);
    assertThat(read(one).hash()).isEqualTo(read(other).hash());
    assertThat(read(one).alertmanagerFile()).isEqualTo("am.yml");
  }

  @Test
  void alertmanagerElsewhereKeepsItsPlace(@TempDir Path one, @TempDir Path other) {
    ConfigFolder of =
        ConfigFolder.of(
            one.resolve("prometheus.yml").toString(),
            Optional.of(other.resolve("am.yml").toString()));
    assertThat(of.alertmanagerFile()).contains(other.resolve("am.yml").toString());
    assertThat(of.local(of.alertmanagerFile().orElseThrow()))
        .isEqualTo(other.resolve("am.yml").toString());
  }

  @Test
  void secretsAreReadOnThisMachine(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("password"), "x");
    ConfigFolder of =
        ConfigFolder.of(folder.resolve("prometheus.yml").toString(), Optional.empty());
    assertThat(of.secrets().read("password")).isEqualTo("x");
    assertThat(of.secrets().read(folder.resolve("password").toString())).isEqualTo("x");
  }
}
