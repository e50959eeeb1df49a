package io.trivigil.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The JVM says nothing of a pattern in `compiler.json` that matches no method, and does not start
/// with a mistake in it.
class CompilerFileTest {
  private static final Path ROOT =
      Path.of(System.getProperty("trivigil.root", "../..")).toAbsolutePath().normalize();
  private static final Path FILE = ROOT.resolve("deploy/compiler.json");

  /// There once the distribution was packaged, as in the whole build; libraries are looked for
  /// then.
  private static final Path LIBRARIES = ROOT.resolve("deploy/target/trivigil/lib");

  @Test
  void theJvmTakesAllOfIt() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:CompilerDirectivesFile=" + FILE,
                "-version")
            .redirectErrorStream(true)
            .start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(said).isZero();
    int blocks = found("\\b(match):", FILE).size();
    assertThat(said).contains(blocks + " compiler directives added");
  }

  @Test
  void eachPatternMatchesAClass() throws IOException {
    boolean packaged = Files.isDirectory(LIBRARIES);
    Set<String> classes = classesOfTheJdk();
    addOurClasses(classes);
    if (packaged) {
      addLibraries(classes);
    }
    List<String> patterns = found("\"([^\"]+)\"", FILE);
    assertThat(patterns).hasSizeGreaterThan(5);
    for (String pattern : patterns) {
      assertThat(pattern).endsWith(".*");
      String type = pattern.substring(0, pattern.length() - 2);
      if (packaged || type.startsWith("java/") || type.startsWith("io/trivigil/")) {
        assertThat(classes).as(pattern).anyMatch(name -> matches(type, name));
      }
    }
  }

  private static boolean matches(String type, String name) {
    return type.endsWith("*")
        ? name.startsWith(type.substring(0, type.length() - 1))
        : name.equals(type);
  }

  private static List<String> found(String pattern, Path file) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(file))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static Set<String> classesOfTheJdk() throws IOException {
    Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base");
    return namesBelow(base);
  }

  private static void addOurClasses(Set<String> classes) throws IOException {
    for (String module : found("<module>([^<]+)</module>", ROOT.resolve("pom.xml"))) {
      Path outputs = ROOT.resolve(module).resolve("target/classes");
      if (Files.isDirectory(outputs)) {
        classes.addAll(namesBelow(outputs));
      }
    }
  }

  private static Set<String> namesBelow(Path root) throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.endsWith(".class"))
          .forEach(name -> names.add(name.substring(0, name.length() - ".class".length())));
    }
    return names;
  }

  private static void addLibraries(Set<String> classes) throws IOException {
    try (Stream<Path> jars = Files.list(LIBRARIES)) {
      for (Path jar : jars.filter(path -> path.toString().endsWith(".jar")).toList()) {
        try (JarFile file = new JarFile(jar.toFile())) {
          file.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.endsWith(".class"))
              .forEach(name -> classes.add(name.substring(0, name.length() - ".class".length())));
        }
      }
    }
  }
}
