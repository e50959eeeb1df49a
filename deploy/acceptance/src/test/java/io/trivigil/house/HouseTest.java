package io.trivigil.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Holds the house together where Maven can not: the arrows between packages, the door for time and
/// chance, and tidiness. Stands in the last module of the build, so that all classes are there to
/// be read.
class HouseTest {
  private static final Path ROOT =
      Path.of(System.getProperty("trivigil.root", "../..")).toAbsolutePath().normalize();
  private static final int MAX_LINES = 500;
  private static final int MAX_README_LINES = 70;

  /// Longer files, each with its reason.
  private static final Map<String, String> LONG_FILES = Map.of();

  private static JavaClasses classes;

  @BeforeAll
  static void readAllClasses() {
    List<Path> outputs = new ArrayList<>();
    for (String module : modules()) {
      Path output = ROOT.resolve(module).resolve("target/classes");
      if (Files.isDirectory(output)) {
        outputs.add(output);
      }
    }
    classes = new ClassFileImporter().importPaths(outputs);
    assertThat(classes.size()).isGreaterThan(500);
  }

  private static List<String> modules() {
    String pom = read(ROOT.resolve("pom.xml"));
    return Pattern.compile("<module>([^<]+)</module>")
        .matcher(pom)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static void check(ArchRule rule) {
    rule.check(classes);
  }

  @Test
  void librariesStayInTheirRooms() {
    Map<String, String[]> homes =
        Map.of(
            "org.apache.ratis..", new String[] {"io.trivigil.raft.."},
            "org.rocksdb..", new String[] {"io.trivigil.storage.."},
            "org.apache.lucene..", new String[] {"io.trivigil.storage.."},
            "io.micronaut..", new String[] {"io.trivigil.web.."},
            "org.snakeyaml..", new String[] {"io.trivigil.config.."},
            "com.google.re2j..", new String[] {"io.trivigil.model..", "io.trivigil.template.."},
            "jakarta.mail..", new String[] {"io.trivigil.alertmanager.."},
            "com.github.jknack..", new String[] {"io.trivigil.dashboards.."});
    homes.forEach(
        (library, rooms) ->
            check(
                noClasses()
                    .that()
                    .resideOutsideOfPackages(rooms)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(library)));
  }

  @Test
  void onlyTheListedArrows() {
    Map<String, List<String>> mayUse =
        Map.ofEntries(
            Map.entry("raft", List.of()),
            Map.entry("model", List.of()),
            Map.entry("template", List.of()),
            Map.entry("promql", List.of("model")),
            Map.entry("storage", List.of("model", "promql")),
            Map.entry("config", List.of("model")),
            Map.entry("scraper", List.of("model", "config")),
            Map.entry("rules", List.of("model", "config", "template", "promql")),
            Map.entry("alertmanager", List.of("model", "config", "template")),
            Map.entry("dashboards", List.of("model", "promql")),
            Map.entry(
                "node",
                List.of(
                    "raft",
                    "model",
                    "promql",
                    "storage",
                    "config",
                    "scraper",
                    "rules",
                    "alertmanager",
                    "template")));
    List<String> rooms = new ArrayList<>(mayUse.keySet());
    rooms.add("web");
    mayUse.forEach(
        (room, allowed) -> {
          String[] forbidden =
              rooms.stream()
                  .filter(r -> !r.equals(room) && !allowed.contains(r))
                  .map(r -> "io.trivigil." + r + "..")
                  .toArray(String[]::new);
          check(
              noClasses()
                  .that()
                  .resideInAPackage("io.trivigil." + room + "..")
                  .should()
                  .dependOnClassesThat()
                  .resideInAnyPackage(forbidden));
        });
  }

  @Test
  void roomsHaveNoCycles() {
    check(slices().matching("io.trivigil.(*)..").should().beFreeOfCycles());
  }

  @Test
  void timeAndChanceComeInThroughTheDoor() {
    String inside =
        "io.trivigil.(raft|model|promql|storage|config|scraper|template|rules|alertmanager|dashboards|node)..*";
    check(
        noClasses()
            .that()
            .haveNameMatching(inside)
            .should()
            .callMethod(System.class, "currentTimeMillis"));
    check(
        noClasses()
            .that()
            .haveNameMatching(inside)
            .should()
            .callMethod(java.time.Instant.class, "now"));
    check(noClasses().that().haveNameMatching(inside).should().callMethod(Math.class, "random"));
    check(
        noClasses()
            .that()
            .haveNameMatching(inside)
            .should()
            .callConstructor(java.util.Random.class));
    check(
        noClasses()
            .that()
            .haveNameMatching(inside)
            .should()
            .callMethod(Thread.class, "sleep", long.class));
  }

  @Test
  void everyPackageIntroducesItself() {
    List<String> silent =
        sources("src/main/java").stream()
            .map(Path::getParent)
            .distinct()
            .filter(
                directory -> {
                  Path info = directory.resolve("package-info.java");
                  return !Files.exists(info)
                      || !read(info).contains("@NullMarked")
                      || !read(info).contains("///");
                })
            .map(directory -> ROOT.relativize(directory).toString())
            .toList();
    assertThat(silent).isEmpty();
  }

  @Test
  void filesAreShort() {
    List<String> tooLong =
        Stream.concat(sources("src/main/java").stream(), sources("src/test/java").stream())
            .filter(file -> read(file).lines().count() > MAX_LINES)
            .map(file -> ROOT.relativize(file).toString())
            .filter(file -> !LONG_FILES.containsKey(file))
            .toList();
    assertThat(tooLong).isEmpty();
  }

  @Test
  void nothingIsLeftForLater() {
    Pattern left = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    List<String> found =
        Stream.concat(sources("src/main/java").stream(), sources("src/test/java").stream())
            .filter(file -> left.matcher(read(file)).find())
            .map(file -> ROOT.relativize(file).toString())
            .toList();
    assertThat(found).isEmpty();
  }

  @Test
  void testsDoNotSleep() {
    List<String> asleep =
        sources("src/test/java").stream()
            .filter(file -> read(file).contains("Thread" + ".sleep("))
            .map(file -> ROOT.relativize(file).toString())
            .toList();
    assertThat(asleep).isEmpty();
  }

  @Test
  void everyModuleHasAReadmeOfOneScreen() {
    for (String module : modules()) {
      Path readme = ROOT.resolve(module).resolve("README.md");
      assertThat(readme).exists();
      assertThat(read(readme).lines().count()).as(module).isLessThanOrEqualTo(MAX_README_LINES);
    }
  }

  /// The JVM says nothing of methods that it does not find.
  @Test
  void methodsThatTheLauncherNamesAreThere() {
    String launcher = read(ROOT.resolve("trivigil"));
    assertThat(launcher).contains("dontinline,io.trivigil.$method");
    List<String> named =
        Pattern.compile("\\b([\\w.$]+)::(\\w+)")
            .matcher(launcher)
            .results()
            .map(found -> "io.trivigil." + found.group(1) + "." + found.group(2))
            .toList();
    List<String> there =
        classes.stream()
            .flatMap(type -> type.getMethods().stream())
            .map(method -> method.getOwner().getName() + "." + method.getName())
            .toList();
    assertThat(named).isNotEmpty();
    assertThat(there).containsAll(named);
  }

  private static List<Path> sources(String kind) {
    List<Path> found = new ArrayList<>();
    for (String module : modules()) {
      Path sources = ROOT.resolve(module).resolve(kind);
      if (!Files.isDirectory(sources)) {
        continue;
      }
      try (Stream<Path> walk = Files.walk(sources)) {
        walk.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    assertThat(found).isNotEmpty();
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
