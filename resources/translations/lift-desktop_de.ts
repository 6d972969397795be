<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name></name>
    <message>
        <source>New chat</source>
        <translation>Neuer Chat</translation>
    </message>
    <message>
        <source>Stop answering</source>
        <translation>Antwort anhalten</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>Neu antworten</translation>
    </message>
    <message>
        <source>Rename chat…</source>
        <translation>Chat umbenennen…</translation>
    </message>
    <message>
        <source>Delete chat…</source>
        <translation>Chat löschen…</translation>
    </message>
    <message>
        <source>Export chat as Markdown…</source>
        <translation>Chat als Markdown exportieren…</translation>
    </message>
    <message>
        <source>Export chat as PDF…</source>
        <translation>Chat als PDF exportieren…</translation>
    </message>
    <message>
        <source>Write a question</source>
        <translation>Frage schreiben</translation>
    </message>
    <message>
        <source>This document has not been learned yet.</source>
        <translation>Dieses Dokument wurde noch nicht gelernt.</translation>
    </message>
    <message>
        <source>The model found no answer; these passages speak about it</source>
        <translation>Das Modell fand keine Antwort; diese Textstellen sprechen darüber</translation>
    </message>
    <message>
        <source>Not in this document</source>
        <translation>Nicht in diesem Dokument</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>No supporting passage found</source>
        <translation>Keine belegende Textstelle gefunden</translation>
    </message>
    <message>
        <source>These passages are about the question, but do not hold all of the answer</source>
        <translation>Diese Textstellen betreffen die Frage, enthalten aber nicht die ganze Antwort</translation>
    </message>
    <message>
        <source>These passages are about the question, but do not confirm the answer</source>
        <translation>Diese Textstellen betreffen die Frage, bestätigen die Antwort aber nicht</translation>
    </message>
    <message>
        <source>Supported by 1 passage</source>
        <translation>Durch 1 Textstelle belegt</translation>
    </message>
    <message>
        <source>Supported by {0} passages</source>
        <translation>Durch {0} Textstellen belegt</translation>
    </message>
    <message>
        <source>1 detail of this answer is not in the cited passages: {0}</source>
        <translation>1 Angabe dieser Antwort steht nicht in den belegenden Textstellen: {0}</translation>
    </message>
    <message>
        <source>{0} details of this answer are not in the cited passages: {1}</source>
        <translation>{0} Angaben dieser Antwort stehen nicht in den belegenden Textstellen: {1}</translation>
    </message>
    <message>
        <source>page {0}</source>
        <translation>Seite {0}</translation>
    </message>
    <message>
        <source>pages {0}–{1}</source>
        <translation>Seiten {0}–{1}</translation>
    </message>
    <message>
        <source>Read {0} of {1} passages, {2}</source>
        <translation>{0} von {1} Textstellen gelesen, {2}</translation>
    </message>
    <message>
        <source>Read 1 passage, {0}</source>
        <translation>1 Textstelle gelesen, {0}</translation>
    </message>
    <message>
        <source>Read all {0} passages, {1}</source>
        <translation>Alle {0} Textstellen gelesen, {1}</translation>
    </message>
    <message>
        <source>The memory recalls: {0}</source>
        <translation>Das Gedächtnis erinnert sich: {0}</translation>
    </message>
    <message>
        <source>From memory</source>
        <translation>Aus dem Gedächtnis</translation>
    </message>
    <message>
        <source>From the pages</source>
        <translation>Aus den Seiten</translation>
    </message>
    <message>
        <source>From memory and pages</source>
        <translation>Aus Gedächtnis und Seiten</translation>
    </message>
    <message>
        <source>first words after {0}&#xa0;s</source>
        <translation>erste Wörter nach {0}&#xa0;s</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Page {0}, quote: “{1}”</source>
        <translation>Seite {0}, Zitat: „{1}“</translation>
    </message>
    <message>
        <source>Shows the words on the page</source>
        <translation>Zeigt die Wörter auf der Seite</translation>
    </message>
    <message>
        <source>Click to see it on the page</source>
        <translation>Klicken zeigt die Stelle auf der Seite</translation>
    </message>
    <message>
        <source>Show all {0} pages</source>
        <translation>Alle {0} Seiten zeigen</translation>
    </message>
    <message>
        <source>Questions about “{0}” ({1}).</source>
        <translation>Fragen zu „{0}“ ({1}).</translation>
    </message>
    <message>
        <source>Choose another folder, or free some space.</source>
        <translation>Wählen Sie einen anderen Ordner, oder schaffen Sie Platz.</translation>
    </message>
    <message>
        <source>{0} could not be written: {1}.</source>
        <translation>{0} konnte nicht geschrieben werden: {1}.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Gedächtnis</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>Beides</translation>
    </message>
    <message>
        <source>Answers from what was learned, without looking at the pages.</source>
        <translation>Antwortet aus dem Gelernten, ohne in die Seiten zu sehen.</translation>
    </message>
    <message>
        <source>Answers from the pages that fit the question.</source>
        <translation>Antwortet aus den Seiten, die zur Frage passen.</translation>
    </message>
    <message>
        <source>Answers from what was learned and from the pages that fit the question.</source>
        <translation>Antwortet aus dem Gelernten und aus den Seiten, die zur Frage passen.</translation>
    </message>
    <message>
        <source>The question after it and its answer are removed from this chat.</source>
        <translation>Die Frage danach und ihre Antwort werden aus diesem Chat entfernt.</translation>
    </message>
    <message>
        <source>The {0} questions after it and their answers are removed from this chat.</source>
        <translation>Die {0} Fragen danach und ihre Antworten werden aus diesem Chat entfernt.</translation>
    </message>
    <message>
        <source>Ask again from here?</source>
        <translation>Ab hier neu fragen?</translation>
    </message>
    <message>
        <source>Ask and remove</source>
        <translation>Fragen und entfernen</translation>
    </message>
    <message>
        <source>“{0}” and its answer are erased from this chat.</source>
        <translation>„{0}“ und die Antwort darauf werden aus diesem Chat gelöscht.</translation>
    </message>
    <message>
        <source>Delete this question?</source>
        <translation>Diese Frage löschen?</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>1 question and its answer</source>
        <translation>1 Frage mit ihrer Antwort</translation>
    </message>
    <message>
        <source>{0} questions and answers</source>
        <translation>{0} Fragen und Antworten</translation>
    </message>
    <message>
        <source>“{0}” with {1} is erased. The document and what was learned of it stay.</source>
        <translation>„{0}“ mit {1} wird gelöscht. Das Dokument und das daraus Gelernte bleiben.</translation>
    </message>
    <message>
        <source>Delete this chat?</source>
        <translation>Diesen Chat löschen?</translation>
    </message>
    <message>
        <source>Rename chat</source>
        <translation>Chat umbenennen</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>the library’s copy of the file ({0})</source>
        <translation>die Kopie der Datei in der Bibliothek ({0})</translation>
    </message>
    <message>
        <source>the library’s copies of the files ({0})</source>
        <translation>die Kopien der Dateien in der Bibliothek ({0})</translation>
    </message>
    <message>
        <source>the text of {0}</source>
        <translation>der Text von {0}</translation>
    </message>
    <message>
        <source>1 chat</source>
        <translation>1 Chat</translation>
    </message>
    <message>
        <source>{0} chats</source>
        <translation>{0} Chats</translation>
    </message>
    <message>
        <source>The original file stays where it is.</source>
        <translation>Die ursprüngliche Datei bleibt, wo sie ist.</translation>
    </message>
    <message>
        <source>The original files stay.</source>
        <translation>Die ursprünglichen Dateien bleiben.</translation>
    </message>
    <message>
        <source>Learning stops.</source>
        <translation>Das Lernen endet.</translation>
    </message>
    <message>
        <source>Erase {0}?</source>
        <translation>{0} löschen?</translation>
    </message>
    <message>
        <source>what they know: {0} questions and answers</source>
        <translation>was sie wissen: {0} Fragen und Antworten</translation>
    </message>
    <message>
        <source>what it knows: {0} questions and answers</source>
        <translation>was es weiß: {0} Fragen und Antworten</translation>
    </message>
    <message>
        <source>Erase the memory of “{0}”?</source>
        <translation>Das Gedächtnis von „{0}“ löschen?</translation>
    </message>
    <message>
        <source>Documents and chats stay. Learning again takes as long as before.</source>
        <translation>Dokumente und Chats bleiben. Erneutes Lernen dauert so lange wie zuvor.</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>This is erased for good:</source>
        <translation>Endgültig gelöscht wird:</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Dokument</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Learned on</source>
        <translation>Gelernt am</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Erinnerung</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Memory is out of date</source>
        <translation>Gedächtnis ist veraltet</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Read it</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Document</source>
        <translation>Do&amp;kument</translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation>&amp;Chat</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>Suchen…</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>Nächste Fundstelle</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>Vorherige Fundstelle</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>Originalgröße</translation>
    </message>
    <message>
        <source>Fit width</source>
        <translation>Seitenbreite</translation>
    </message>
    <message>
        <source>Fit page</source>
        <translation>Ganze Seite</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Previous page</source>
        <translation>Vorherige Seite</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>Nächste Seite</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Select all on this page</source>
        <translation>Alles auf dieser Seite auswählen</translation>
    </message>
    <message>
        <source>Ask about this…</source>
        <translation>Dazu fragen…</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>Erklären</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>Zusammenfassen</translation>
    </message>
    <message>
        <source>Go to page {0}</source>
        <translation>Zu Seite {0} gehen</translation>
    </message>
    <message>
        <source>The graphics processor {0}</source>
        <translation>Der Grafikprozessor {0}</translation>
    </message>
    <message>
        <source>The graphics processor of this Mac</source>
        <translation>Der Grafikprozessor dieses Macs</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 Thread</translation>
    </message>
    <message>
        <source>{0} threads</source>
        <translation>{0} Threads</translation>
    </message>
    <message>
        <source>The processor ({0}), {1}</source>
        <translation>Der Prozessor ({0}), {1}</translation>
    </message>
    <message>
        <source>No graphics processor that LIFT Desktop can use was found, so the processor does the work. A short contract is learned in minutes; a long book takes hours, and can be paused.</source>
        <translation>Es wurde kein Grafikprozessor gefunden, den LIFT Desktop nutzen kann; der Prozessor übernimmt die Arbeit. Ein kurzer Vertrag ist in Minuten gelernt; ein langes Buch dauert Stunden und kann angehalten werden.</translation>
    </message>
    <message>
        <source>It was found and tried; it is much faster than the processor.</source>
        <translation>Er wurde gefunden und ausprobiert; er ist viel schneller als der Prozessor.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
    <message>
        <source>To get it, {0} on the disk are needed, and {1} are free.</source>
        <translation>Um es zu holen, werden {0} auf der Festplatte gebraucht, und {1} sind frei.</translation>
    </message>
    <message>
        <source>Needs {0} of memory to learn, {1} when it is compressed.</source>
        <translation>Braucht {0} Arbeitsspeicher zum Lernen, {1} in komprimierter Form.</translation>
    </message>
    <message>
        <source>Needs {0} of memory to learn; this computer has {1}.</source>
        <translation>Braucht {0} Arbeitsspeicher zum Lernen; dieser Computer hat {1}.</translation>
    </message>
    <message>
        <source>Needs {0} of memory to learn, compressed; this computer has {1}.</source>
        <translation>Braucht in komprimierter Form {0} Arbeitsspeicher zum Lernen; dieser Computer hat {1}.</translation>
    </message>
    <message>
        <source>Too large for this computer: needs {0} of memory to learn, even compressed; this computer has {1}.</source>
        <translation>Zu groß für diesen Computer: braucht selbst in komprimierter Form {0} Arbeitsspeicher zum Lernen; dieser Computer hat {1}.</translation>
    </message>
    <message>
        <source>{0} million parameters</source>
        <translation>{0} Millionen Parameter</translation>
    </message>
    <message>
        <source>{0} billion parameters</source>
        <translation>{0} Milliarden Parameter</translation>
    </message>
    <message>
        <source>Data folder moved</source>
        <translation>Datenordner verschoben</translation>
    </message>
    <message>
        <source>Erase the old data folder?</source>
        <translation>Den alten Datenordner löschen?</translation>
    </message>
    <message>
        <source>Your data now lies in {0}. The old copy of your documents, memories, chats and models is still in {1}.</source>
        <translation>Ihre Daten liegen jetzt in {0}. Die alte Kopie Ihrer Dokumente, Gedächtnisse, Chats und Modelle ist noch in {1}.</translation>
    </message>
    <message>
        <source>&amp;Erase the old copy</source>
        <translation>Alte Kopie &amp;löschen</translation>
    </message>
    <message>
        <source>&amp;Keep it</source>
        <translation>&amp;Behalten</translation>
    </message>
    <message>
        <source>Ask &amp;later</source>
        <translation>&amp;Später fragen</translation>
    </message>
    <message>
        <source>{0} are free again.</source>
        <translation>{0} sind wieder frei.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Where to</source>
        <translation>Wohin</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>What for</source>
        <translation>Wofür</translation>
    </message>
    <message>
        <source>Allowed</source>
        <translation>Erlaubt</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Verweigert</translation>
    </message>
    <message>
        <source>“{0}”</source>
        <translation>„{0}“</translation>
    </message>
    <message>
        <source>Needs about {0} of {1} of memory.</source>
        <translation>Braucht etwa {0} von {1} Arbeitsspeicher.</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} s</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} min</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} h {1} min</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>Modell laden</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Studying</source>
        <translation>Durcharbeiten</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Üben</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Warten</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>Vorbereiten</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Deep</source>
        <translation>Gründlich</translation>
    </message>
    <message>
        <source>p. {0}</source>
        <translation>S. {0}</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird angehalten…</translation>
    </message>
    <message>
        <source>Waiting to be learned</source>
        <translation>Wartet auf das Lernen</translation>
    </message>
    <message>
        <source>Paused · Resume</source>
        <translation>Angehalten · Fortsetzen</translation>
    </message>
    <message>
        <source>Failed: {0}</source>
        <translation>Fehlgeschlagen: {0}</translation>
    </message>
    <message>
        <source>Not learned</source>
        <translation>Nicht gelernt</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Beginnt</translation>
    </message>
    <message>
        <source>Ready · recalls {0}</source>
        <translation>Bereit · erinnert sich an {0}</translation>
    </message>
    <message>
        <source>Weak · recalls {0}</source>
        <translation>Schwach · erinnert sich an {0}</translation>
    </message>
    <message>
        <source>Cancelled · Resume</source>
        <translation>Abgebrochen · Fortsetzen</translation>
    </message>
    <message>
        <source>Interrupted · Resume</source>
        <translation>Unterbrochen · Fortsetzen</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 Seite</translation>
    </message>
    <message>
        <source>{0} pages</source>
        <translation>{0} Seiten</translation>
    </message>
    <message>
        <source>1 document</source>
        <translation>1 Dokument</translation>
    </message>
    <message>
        <source>{0} documents</source>
        <translation>{0} Dokumente</translation>
    </message>
    <message>
        <source>1 memory</source>
        <translation>1 Gedächtnis</translation>
    </message>
    <message>
        <source>{0} memories</source>
        <translation>{0} Gedächtnisse</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Text and questions</source>
        <translation>Text und Fragen</translation>
    </message>
    <message>
        <source>Gated memory</source>
        <translation>Gesteuertes Gedächtnis</translation>
    </message>
    <message>
        <source>Every sentence</source>
        <translation>Jeder Satz</translation>
    </message>
    <message>
        <source>Cartridge</source>
        <translation>Auszug</translation>
    </message>
    <message>
        <source>The usual way: practises questions about every page. Best for most documents.</source>
        <translation>Der übliche Weg: übt Fragen zu jeder Seite. Am besten für die meisten Dokumente.</translation>
    </message>
    <message>
        <source>Also learns the text itself, in overlapping pieces. Takes longer for long documents.</source>
        <translation>Lernt auch den Text selbst, in überlappenden Stücken. Dauert bei langen Dokumenten länger.</translation>
    </message>
    <message>
        <source>A small memory of its own in every layer of the model, which decides when it speaks.</source>
        <translation>Ein kleines eigenes Gedächtnis in jeder Schicht des Modells, das entscheidet, wann es spricht.</translation>
    </message>
    <message>
        <source>Several questions about each sentence; practises while it still writes. Takes longest.</source>
        <translation>Mehrere Fragen zu jedem Satz; übt, während es noch schreibt. Dauert am längsten.</translation>
    </message>
    <message>
        <source>A learned extract that stands before every question, as if the model had just read it.</source>
        <translation>Ein gelernter Auszug, der vor jeder Frage steht, als hätte das Modell ihn gerade gelesen.</translation>
    </message>
    <message>
        <source>Replace “{0}”?</source>
        <translation>„{0}“ ersetzen?</translation>
    </message>
    <message>
        <source>There is a file with this name already.</source>
        <translation>Eine Datei mit diesem Namen gibt es schon.</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>&amp;Ersetzen</translation>
    </message>
</context>
<context>
    <name>AboutPage</name>
    <message>
        <source>It learns a document into a language model on this computer, and answers questions about it with the pages that prove each answer.</source>
        <translation>Es lernt ein Dokument in ein Sprachmodell auf diesem Computer und beantwortet Fragen dazu mit den Seiten, die jede Antwort belegen.</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later. You may use, study, share and change it; it comes without any warranty.</source>
        <translation>Freie Software unter der GNU Affero General Public License, Version 3 oder neuer. Sie dürfen sie nutzen, untersuchen, weitergeben und verändern; sie kommt ohne jede Gewährleistung.</translation>
    </message>
    <message>
        <source>LIFT Desktop {0}</source>
        <translation>LIFT Desktop {0}</translation>
    </message>
    <message>
        <source>Libraries it uses</source>
        <translation>Verwendete Bibliotheken</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>For a report about a mistake in the program. It holds no text of your documents or chats.</source>
        <translation>Für eine Meldung über einen Fehler im Programm. Enthält keinen Text Ihrer Dokumente oder Chats.</translation>
    </message>
    <message>
        <source>Diagnostics report</source>
        <translation>Diagnosebericht</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>Bericht &amp;kopieren</translation>
    </message>
    <message>
        <source>The report is in the clipboard.</source>
        <translation>Der Bericht ist in der Zwischenablage.</translation>
    </message>
</context>
<context>
    <name>ChatExporter</name>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>Export chat</source>
        <translation>Chat exportieren</translation>
    </message>
    <message>
        <source>Exported to {0}</source>
        <translation>Exportiert nach {0}</translation>
    </message>
</context>
<context>
    <name>ChatPane</name>
    <message>
        <source>Get the starter model ({0})</source>
        <translation>Startmodell holen ({0})</translation>
    </message>
    <message>
        <source>Answer: {0}
{1}</source>
        <translation>Antwort: {0}
{1}</translation>
    </message>
    <message>
        <source>Answer copied</source>
        <translation>Antwort kopiert</translation>
    </message>
</context>
<context>
    <name>ChatView</name>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Open a document first</source>
        <translation>Öffnen Sie zuerst ein Dokument</translation>
    </message>
    <message>
        <source>Ask about this document</source>
        <translation>Fragen Sie zu diesem Dokument</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Stop answering (Esc)</source>
        <translation>Antwort anhalten (Esc)</translation>
    </message>
    <message>
        <source>Ask (Enter); Shift+Enter begins a new line</source>
        <translation>Fragen (Eingabe); Umschalt+Eingabe beginnt eine neue Zeile</translation>
    </message>
</context>
<context>
    <name>ClosingQuestion</name>
    <message>
        <source>Close LIFT Desktop</source>
        <translation>LIFT Desktop schließen</translation>
    </message>
    <message>
        <source>&amp;Keep open</source>
        <translation>&amp;Offen lassen</translation>
    </message>
    <message>
        <source>“{0}” is still being learned</source>
        <translation>„{0}“ wird noch gelernt</translation>
    </message>
    <message>
        <source>{0} waiting to be learned.</source>
        <translation>{0} in der Warteschlange.</translation>
    </message>
    <message>
        <source>The window closes; the program ends by itself when all is learned.</source>
        <translation>Das Fenster wird geschlossen; das Programm endet von selbst, wenn alles gelernt ist.</translation>
    </message>
    <message>
        <source>Nothing is lost: it goes on from here when you press Resume.</source>
        <translation>Nichts geht verloren: Mit „Fortsetzen“ geht es von hier aus weiter.</translation>
    </message>
    <message>
        <source>The memory stays unfinished. It can be resumed or erased later.</source>
        <translation>Das Gedächtnis bleibt unfertig. Es kann später fortgesetzt oder gelöscht werden.</translation>
    </message>
    <message>
        <source>&amp;Finish in the background</source>
        <translation>Im &amp;Hintergrund fertig lernen</translation>
    </message>
    <message>
        <source>&amp;Pause and resume next time</source>
        <translation>&amp;Anhalten und beim nächsten Mal fortsetzen</translation>
    </message>
    <message>
        <source>&amp;Cancel learning</source>
        <translation>&amp;Lernen abbrechen</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Add files…</source>
        <translation>Dateien hinzufügen…</translation>
    </message>
    <message>
        <source>Learn…</source>
        <translation>Lernen…</translation>
    </message>
    <message>
        <source>Learn deeper…</source>
        <translation>Gründlicher lernen…</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Tags…</source>
        <translation>Schlagwörter…</translation>
    </message>
    <message>
        <source>Show file</source>
        <translation>Datei zeigen</translation>
    </message>
    <message>
        <source>Export memory…</source>
        <translation>Gedächtnis exportieren…</translation>
    </message>
    <message>
        <source>Import memory…</source>
        <translation>Gedächtnis importieren…</translation>
    </message>
    <message>
        <source>Erase…</source>
        <translation>Löschen…</translation>
    </message>
    <message>
        <source>Memories</source>
        <translation>Gedächtnisse</translation>
    </message>
    <message>
        <source>Erasing…</source>
        <translation>Wird gelöscht…</translation>
    </message>
    <message>
        <source>Erased.</source>
        <translation>Gelöscht.</translation>
    </message>
</context>
<context>
    <name>ComputerStep</name>
    <message>
        <source>This computer and its model</source>
        <translation>Dieser Computer und sein Modell</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>Dieser Computer wird untersucht…</translation>
    </message>
    <message>
        <source>You can go on while it is downloaded, or get it later in Settings, Models. Reading works without it; learning and asking need it.</source>
        <translation>Sie können weitermachen, während es heruntergeladen wird, oder es später unter Einstellungen, Modelle holen. Lesen geht ohne Modell; zum Lernen und Fragen wird es gebraucht.</translation>
    </message>
    <message>
        <source>Progress of getting the model</source>
        <translation>Fortschritt beim Holen des Modells</translation>
    </message>
    <message>
        <source>St&amp;op</source>
        <translation>A&amp;nhalten</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Beginnt…</translation>
    </message>
    <message>
        <source>It is on this computer; nothing has to be downloaded.</source>
        <translation>Es ist auf diesem Computer; nichts muss heruntergeladen werden.</translation>
    </message>
    <message>
        <source>It comes with the program and only has to be prepared, without the network.</source>
        <translation>Es kommt mit dem Programm und muss nur vorbereitet werden, ohne Netzwerk.</translation>
    </message>
    <message>
        <source>&amp;Get it now (about a minute)</source>
        <translation>Jetzt &amp;holen (etwa eine Minute)</translation>
    </message>
    <message>
        <source>Getting it uses the network once, for this download alone.</source>
        <translation>Das Holen nutzt einmal das Netzwerk, nur für diesen Download.</translation>
    </message>
    <message>
        <source>&amp;Get it now ({0}, about a minute)</source>
        <translation>Jetzt &amp;holen ({0}, etwa eine Minute)</translation>
    </message>
    <message>
        <source>{0}; {1} of memory</source>
        <translation>{0}; {1} Arbeitsspeicher</translation>
    </message>
</context>
<context>
    <name>ContentsPanel</name>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>This document has no table of contents.</source>
        <translation>Dieses Dokument hat kein Inhaltsverzeichnis.</translation>
    </message>
</context>
<context>
    <name>ConversationBar</name>
    <message>
        <source>Chat</source>
        <translation>Chat</translation>
    </message>
    <message>
        <source>Chats about this document</source>
        <translation>Chats zu diesem Dokument</translation>
    </message>
    <message>
        <source>More about this chat</source>
        <translation>Mehr zu diesem Chat</translation>
    </message>
    <message>
        <source>Rename, delete, export</source>
        <translation>Umbenennen, löschen, exportieren</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>Neuer Chat</translation>
    </message>
</context>
<context>
    <name>DataStep</name>
    <message>
        <source>Where your data lies</source>
        <translation>Wo Ihre Daten liegen</translation>
    </message>
    <message>
        <source>Copies of your documents, what was learned of them, your chats and the models are kept in</source>
        <translation>Kopien Ihrer Dokumente, das daraus Gelernte, Ihre Chats und die Modelle liegen in</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>&amp;Change…</source>
        <translation>Ä&amp;ndern…</translation>
    </message>
    <message>
        <source>After a change LIFT Desktop starts again and goes on here. Later you can move it in the settings.</source>
        <translation>Nach einer Änderung startet LIFT Desktop neu und macht hier weiter. Später können Sie den Ordner in den Einstellungen verschieben.</translation>
    </message>
    <message>
        <source>All is ready. How do you want to begin?</source>
        <translation>Alles ist bereit. Wie möchten Sie beginnen?</translation>
    </message>
    <message>
        <source>The sample contract comes with the program: eleven pages that you can read, learn and ask about.</source>
        <translation>Der Beispielvertrag kommt mit dem Programm: elf Seiten zum Lesen, Lernen und Fragen.</translation>
    </message>
    <message>
        <source>The folder was named when the program was started (--data-dir).</source>
        <translation>Der Ordner wurde beim Start des Programms genannt (--data-dir).</translation>
    </message>
    <message>
        <source>{0} are free on this disk.</source>
        <translation>{0} sind auf dieser Festplatte frei.</translation>
    </message>
</context>
<context>
    <name>DepthCards</name>
    <message>
        <source>Studies every passage once. Good for a first try; recalls the least.</source>
        <translation>Arbeitet jede Textstelle einmal durch. Gut für einen ersten Versuch; behält am wenigsten.</translation>
    </message>
    <message>
        <source>Studies every passage again, and practises longer. Right for most documents.</source>
        <translation>Arbeitet jede Textstelle noch einmal durch und übt länger. Richtig für die meisten Dokumente.</translation>
    </message>
    <message>
        <source>Studies every passage many times. Recalls the most, and takes the longest.</source>
        <translation>Arbeitet jede Textstelle viele Male durch. Behält am meisten und dauert am längsten.</translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>etwa {0}</translation>
    </message>
    <message>
        <source>roughly {0}</source>
        <translation>ungefähr {0}</translation>
    </message>
</context>
<context>
    <name>DeviceChoice</name>
    <message>
        <source>Models run on</source>
        <translation>Gerät für Modelle</translation>
    </message>
    <message>
        <source>Their weights take</source>
        <translation>Platz der Gewichte</translation>
    </message>
    <message>
        <source>What is fastest</source>
        <translation>Das schnellste</translation>
    </message>
    <message>
        <source>The graphics processor</source>
        <translation>Der Grafikprozessor</translation>
    </message>
    <message>
        <source>The graphics processor of this Mac</source>
        <translation>Der Grafikprozessor dieses Macs</translation>
    </message>
    <message>
        <source>The processor</source>
        <translation>Der Prozessor</translation>
    </message>
    <message>
        <source>As much as fits well</source>
        <translation>So viel, wie gut passt</translation>
    </message>
    <message>
        <source>All the memory they need</source>
        <translation>Aller Speicher, den sie brauchen</translation>
    </message>
    <message>
        <source>About half of it (8 bits)</source>
        <translation>Etwa die Hälfte davon (8 Bit)</translation>
    </message>
    <message>
        <source>About a quarter of it (4 bits)</source>
        <translation>Etwa ein Viertel davon (4 Bit)</translation>
    </message>
    <message>
        <source>“{0}” is not offered. {1}</source>
        <translation>„{0}“ wird nicht angeboten. {1}</translation>
    </message>
    <message>
        <source>{0} (not on this computer)</source>
        <translation>{0} (nicht auf diesem Computer)</translation>
    </message>
</context>
<context>
    <name>EmptyLibrary</name>
    <message>
        <source>Drop a PDF or a book here</source>
        <translation>PDF oder Buch hier ablegen</translation>
    </message>
    <message>
        <source>Read it, let the program learn it, and ask about it. Nothing leaves this computer.</source>
        <translation>Lesen Sie es, lassen Sie es lernen und stellen Sie Fragen dazu. Nichts verlässt diesen Computer.</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Dateien hinzufügen…</translation>
    </message>
    <message>
        <source>Try the sample contract</source>
        <translation>Beispielvertrag ausprobieren</translation>
    </message>
</context>
<context>
    <name>EmptyNotice</name>
    <message>
        <source>Open a document to read it</source>
        <translation>Öffnen Sie ein Dokument, um es zu lesen</translation>
    </message>
    <message>
        <source>Drop a PDF or a book here, or choose one.</source>
        <translation>Legen Sie ein PDF oder ein Buch hier ab, oder wählen Sie eines aus.</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>Try the sample contract</source>
        <translation>Beispielvertrag ausprobieren</translation>
    </message>
</context>
<context>
    <name>ErrorBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Dismiss this message</source>
        <translation>Diese Meldung ausblenden</translation>
    </message>
</context>
<context>
    <name>ErrorNotice</name>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Export memory</source>
        <translation>Gedächtnis exportieren</translation>
    </message>
    <message>
        <source>Memories (*{0})</source>
        <translation>Gedächtnisse (*{0})</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>Wird exportiert…</translation>
    </message>
    <message>
        <source>Exported to {0} ({1}).</source>
        <translation>Exportiert nach {0} ({1}).</translation>
    </message>
    <message>
        <source>Exported {0} to {1} ({2}).</source>
        <translation>{0} exportiert nach {1} ({2}).</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this document</source>
        <translation>In diesem Dokument suchen</translation>
    </message>
    <message>
        <source>Places where it was found</source>
        <translation>Fundstellen</translation>
    </message>
    <message>
        <source>Show the list of places</source>
        <translation>Liste der Fundstellen zeigen</translation>
    </message>
    <message>
        <source>List of places</source>
        <translation>Liste der Fundstellen</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>Close the find bar</source>
        <translation>Suchleiste schließen</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Sucht…</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
</context>
<context>
    <name>FirstRun</name>
    <message>
        <source>Welcome to LIFT Desktop</source>
        <translation>Willkommen bei LIFT Desktop</translation>
    </message>
    <message>
        <source>&amp;Try the sample contract</source>
        <translation>&amp;Beispielvertrag ausprobieren</translation>
    </message>
    <message>
        <source>&amp;Open a document…</source>
        <translation>&amp;Dokument öffnen…</translation>
    </message>
    <message>
        <source>&amp;Skip</source>
        <translation>Übe&amp;rspringen</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source>Step {0} of {1}</source>
        <translation>Schritt {0} von {1}</translation>
    </message>
    <message>
        <source>&amp;Done</source>
        <translation>&amp;Fertig</translation>
    </message>
</context>
<context>
    <name>GateBars</name>
    <message>
        <source>How strongly the memory speaks in each layer</source>
        <translation>Wie stark das Gedächtnis in jeder Schicht spricht</translation>
    </message>
    <message>
        <source>From the first layer to the last: {0}</source>
        <translation>Von der ersten Schicht bis zur letzten: {0}</translation>
    </message>
    <message>
        <source>layer {0}</source>
        <translation>Schicht {0}</translation>
    </message>
</context>
<context>
    <name>GatePlot</name>
    <message>
        <source>A language model works through its layers, one after the other. Each bar shows how strongly this memory speaks in one of them, beside what comes from reading the question and what stands before it.</source>
        <translation>Ein Sprachmodell arbeitet seine Schichten nacheinander ab. Jeder Balken zeigt, wie stark dieses Gedächtnis in einer davon spricht, neben dem, was aus dem Lesen der Frage und dessen kommt, was vor ihr steht.</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>Appearance</source>
        <translation>Darstellung</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>&amp;Theme:</source>
        <translation>&amp;Farben:</translation>
    </message>
    <message>
        <source>&amp;Language:</source>
        <translation>&amp;Sprache:</translation>
    </message>
    <message>
        <source>The language changes when LIFT Desktop starts the next time.</source>
        <translation>Die Sprache ändert sich, wenn LIFT Desktop das nächste Mal startet.</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>Documents, memories, chats and models are kept here.</source>
        <translation>Dokumente, Gedächtnisse, Chats und Modelle liegen hier.</translation>
    </message>
    <message>
        <source>&amp;Show folder</source>
        <translation>&amp;Ordner zeigen</translation>
    </message>
    <message>
        <source>&amp;Move…</source>
        <translation>&amp;Verschieben…</translation>
    </message>
    <message>
        <source>It was named when the program was started (--data-dir), so it is not moved here.</source>
        <translation>Er wurde beim Start des Programms genannt (--data-dir) und wird deshalb nicht hier verschoben.</translation>
    </message>
    <message>
        <source>{0}, which you chose, is not there now; is its disk plugged in?</source>
        <translation>{0}, den Sie gewählt haben, ist jetzt nicht da; ist die Festplatte angeschlossen?</translation>
    </message>
    <message>
        <source>Documents, memories, chats and models are kept here: {0}. {1} are free on this disk.</source>
        <translation>Dokumente, Gedächtnisse, Chats und Modelle liegen hier: {0}. {1} sind auf dieser Festplatte frei.</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Sort and filter</source>
        <translation>Sortieren und filtern</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>Dateien hinzufügen</translation>
    </message>
    <message>
        <source>Show only the tag</source>
        <translation>Nur das Schlagwort zeigen</translation>
    </message>
    <message>
        <source>Recently added</source>
        <translation>Zuletzt hinzugefügt</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Author</source>
        <translation>Verfasser</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Erinnerung</translation>
    </message>
    <message>
        <source>Sort and filter: {0}</source>
        <translation>Sortieren und filtern: {0}</translation>
    </message>
    <message>
        <source>All documents</source>
        <translation>Alle Dokumente</translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>There is no document in “{0}” that can be read.</source>
        <translation>In „{0}“ ist kein Dokument, das gelesen werden kann.</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>Dateien hinzufügen</translation>
    </message>
    <message>
        <source>Add {0}?</source>
        <translation>{0} hinzufügen?</translation>
    </message>
    <message>
        <source>They are read one after the other; you can go on working, or stop it.</source>
        <translation>Sie werden nacheinander gelesen; Sie können weiterarbeiten oder es anhalten.</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>“{0}” is in the library already.</source>
        <translation>„{0}“ ist schon in der Bibliothek.</translation>
    </message>
    <message>
        <source>“{0}” was added.</source>
        <translation>„{0}“ wurde hinzugefügt.</translation>
    </message>
    <message>
        <source>The memory of “{0}” is in the library.</source>
        <translation>Das Gedächtnis von „{0}“ ist in der Bibliothek.</translation>
    </message>
    <message>
        <source>The memory of “{0}” needs the model {1}, which is not on this computer.</source>
        <translation>Das Gedächtnis von „{0}“ braucht das Modell {1}, das nicht auf diesem Computer ist.</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>Modelle zeigen</translation>
    </message>
    <message>
        <source>{0} were added.</source>
        <translation>{0} wurden hinzugefügt.</translation>
    </message>
</context>
<context>
    <name>JobRow</name>
    <message>
        <source>Get a model…</source>
        <translation>Modell holen…</translation>
    </message>
    <message>
        <source>Learning “{0}”</source>
        <translation>„{0}“ wird gelernt</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel, and remove from this list</source>
        <translation>Abbrechen und aus dieser Liste entfernen</translation>
    </message>
    <message>
        <source>Remove from this list</source>
        <translation>Aus dieser Liste entfernen</translation>
    </message>
    <message>
        <source>Learn earlier</source>
        <translation>Früher lernen</translation>
    </message>
    <message>
        <source>Learn later</source>
        <translation>Später lernen</translation>
    </message>
    <message>
        <source>Cancelled. What was done is kept: it can be resumed or erased.</source>
        <translation>Abgebrochen. Was getan wurde, bleibt: Es kann fortgesetzt oder gelöscht werden.</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
</context>
<context>
    <name>JobStatus</name>
    <message>
        <source>{0} · {1} waiting</source>
        <translation>{0} · {1} warten</translation>
    </message>
    <message>
        <source>“{0}” is being learned. Show all jobs</source>
        <translation>„{0}“ wird gelernt. Alle Aufträge zeigen</translation>
    </message>
    <message>
        <source>Jobs: {0}, {1}</source>
        <translation>Aufträge: {0}, {1}</translation>
    </message>
    <message>
        <source>Learning “{0}”</source>
        <translation>„{0}“ wird gelernt</translation>
    </message>
</context>
<context>
    <name>JobsSheet</name>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Nothing is being learned. Choose a document in the library and press Learn.</source>
        <translation>Es wird nichts gelernt. Wählen Sie ein Dokument in der Bibliothek und drücken Sie „Lernen“.</translation>
    </message>
    <message>
        <source>&amp;Remove ended</source>
        <translation>Beendete &amp;entfernen</translation>
    </message>
    <message>
        <source>Takes ended jobs out of this list; memories stay</source>
        <translation>Nimmt beendete Aufträge aus dieser Liste; Gedächtnisse bleiben</translation>
    </message>
</context>
<context>
    <name>LearnDialog</name>
    <message>
        <source>Learn</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>&amp;Get a model…</source>
        <translation>Modell &amp;holen…</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Measuring how long this takes on this computer…</source>
        <translation>Es wird gemessen, wie lange das auf diesem Computer dauert…</translation>
    </message>
    <message>
        <source>S&amp;kip</source>
        <translation>Ü&amp;berspringen</translation>
    </message>
    <message>
        <source>Learn “{0}”</source>
        <translation>„{0}“ lernen</translation>
    </message>
    <message>
        <source>LIFT Desktop writes questions about every page and practises them until it can answer without looking. All of it happens on this computer; you can go on reading and asking meanwhile.</source>
        <translation>LIFT Desktop schreibt Fragen zu jeder Seite und übt sie, bis es ohne Nachsehen antworten kann. Alles geschieht auf diesem Computer; Sie können inzwischen weiterlesen und fragen.</translation>
    </message>
    <message>
        <source>&amp;Learn</source>
        <translation>&amp;Lernen</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>There is no model on this computer yet.</source>
        <translation>Auf diesem Computer ist noch kein Modell.</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>noch nicht gemessen</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <source>This document is being learned already, or waits for its turn.</source>
        <translation>Dieses Dokument wird schon gelernt oder wartet, bis es an der Reihe ist.</translation>
    </message>
    <message>
        <source>This was begun before: it goes on where it ended.</source>
        <translation>Das wurde schon begonnen: Es geht weiter, wo es aufgehört hat.</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
        <source>Learned already at this depth, but weakly: recalls {0}. A deeper one usually helps.</source>
        <translation>In dieser Tiefe schon gelernt, aber schwach: erinnert sich an {0}. Gründlicher zu lernen hilft meistens.</translation>
    </message>
    <message>
        <source>Learned already at this depth: recalls {0}. Learning again replaces that memory.</source>
        <translation>In dieser Tiefe schon gelernt: erinnert sich an {0}. Erneutes Lernen ersetzt dieses Gedächtnis.</translation>
    </message>
    <message>
        <source>&amp;Learn again</source>
        <translation>Erneut &amp;lernen</translation>
    </message>
    <message>
        <source>This document is long: at this depth its memory will probably be weak, and answers then come from its pages alone. A deeper one takes longer and recalls more.</source>
        <translation>Dieses Dokument ist lang: In dieser Tiefe wird sein Gedächtnis wahrscheinlich schwach, und Antworten kommen dann allein aus seinen Seiten. Gründlicher zu lernen dauert länger, und es erinnert sich an mehr.</translation>
    </message>
    <message>
        <source>Another document is being learned; this one comes after it.</source>
        <translation>Ein anderes Dokument wird gerade gelernt; dieses kommt danach.</translation>
    </message>
</context>
<context>
    <name>LearnedBanner</name>
    <message>
        <source>&amp;Ask it</source>
        <translation>&amp;Fragen</translation>
    </message>
    <message>
        <source>Learn &amp;deeper…</source>
        <translation>&amp;Gründlicher lernen…</translation>
    </message>
    <message>
        <source>See what it &amp;recalls</source>
        <translation>&amp;Erinnerung ansehen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Result of learning</source>
        <translation>Ergebnis des Lernens</translation>
    </message>
    <message>
        <source>The memory of “{0}” is weak</source>
        <translation>Das Gedächtnis von „{0}“ ist schwach</translation>
    </message>
    <message>
        <source>“{0}” is learned</source>
        <translation>„{0}“ ist gelernt</translation>
    </message>
    <message>
        <source>Asked without its pages, it recalls {0} of the answers; before learning it was {1}.</source>
        <translation>Ohne seine Seiten gefragt, erinnert es sich an {0} der Antworten; vor dem Lernen waren es {1}.</translation>
    </message>
    <message>
        <source>Asked without its pages, it recalls {0} of the answers, hardly more than before ({1}). Answers from the pages are as good as ever.</source>
        <translation>Ohne seine Seiten gefragt, erinnert es sich an {0} der Antworten, kaum mehr als vorher ({1}). Antworten aus den Seiten sind so gut wie immer.</translation>
    </message>
    <message>
        <source>Learning it deeper usually helps.</source>
        <translation>Gründlicher zu lernen hilft meistens.</translation>
    </message>
</context>
<context>
    <name>LearningPage</name>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>What the learning dialog proposes. The time it takes is measured there.</source>
        <translation>Was das Lernfenster vorschlägt. Dort wird gemessen, wie lange es dauert.</translation>
    </message>
    <message>
        <source>Quick: the main points, in the shortest time</source>
        <translation>Schnell: das Wichtigste in der kürzesten Zeit</translation>
    </message>
    <message>
        <source>Standard: most of the text</source>
        <translation>Standard: das meiste des Textes</translation>
    </message>
    <message>
        <source>Deep: as much as possible; takes the longest</source>
        <translation>Gründlich: so viel wie möglich, am längsten</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Dieser Computer</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>Dieser Computer wird untersucht…</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>How a document is memorised. The usual way answers best for most documents.</source>
        <translation>Wie ein Dokument eingeprägt wird. Der übliche Weg antwortet für die meisten Dokumente am besten.</translation>
    </message>
    <message>
        <source>{0}; {1} of memory</source>
        <translation>{0}; {1} Arbeitsspeicher</translation>
    </message>
</context>
<context>
    <name>LeaveQuestion</name>
    <message>
        <source>Leave LIFT Desktop?</source>
        <translation>LIFT Desktop verlassen?</translation>
    </message>
    <message>
        <source>The document leads to another place. Open it?</source>
        <translation>Das Dokument verweist auf einen anderen Ort. Öffnen?</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Hier bleiben</translation>
    </message>
</context>
<context>
    <name>LibraryPane</name>
    <message>
        <source>Documents ({0})</source>
        <translation>Dokumente ({0})</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>Dateien hinzufügen</translation>
    </message>
    <message>
        <source>Import memory</source>
        <translation>Gedächtnis importieren</translation>
    </message>
    <message>
        <source>Memories (*{0})</source>
        <translation>Gedächtnisse (*{0})</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>Memories</source>
        <translation>Gedächtnisse</translation>
    </message>
    <message>
        <source>All memories with their size and recall</source>
        <translation>Alle Gedächtnisse mit Größe und Erinnerung</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source> · tag “{0}”</source>
        <translation> · Schlagwort „{0}“</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>First steps…</source>
        <translation>Erste Schritte…</translation>
    </message>
    <message>
        <source>Open the sample contract</source>
        <translation>Beispielvertrag öffnen</translation>
    </message>
    <message>
        <source>About LIFT Desktop</source>
        <translation>Über LIFT Desktop</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Reader</source>
        <translation>Leseansicht</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>Chat</translation>
    </message>
    <message>
        <source>Toolbar</source>
        <translation>Werkzeugleiste</translation>
    </message>
</context>
<context>
    <name>MemoriesSheet</name>
    <message>
        <source>Memories</source>
        <translation>Gedächtnisse</translation>
    </message>
    <message>
        <source>Search documents, models, states</source>
        <translation>Dokumente, Modelle, Zustände durchsuchen</translation>
    </message>
    <message>
        <source>Search memories</source>
        <translation>Gedächtnisse durchsuchen</translation>
    </message>
    <message>
        <source>Open document</source>
        <translation>Dokument öffnen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Erase…</source>
        <translation>Löschen…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>{0} · {1} on the disk</source>
        <translation>{0} · {1} auf der Festplatte</translation>
    </message>
    <message>
        <source>{0} chosen ({1}) · {2}</source>
        <translation>{0} ausgewählt ({1}) · {2}</translation>
    </message>
    <message>
        <source>There is no memory yet. Choose a document and press Learn.</source>
        <translation>Es gibt noch kein Gedächtnis. Wählen Sie ein Dokument und drücken Sie „Lernen“.</translation>
    </message>
    <message>
        <source>No memory matches “{0}”.</source>
        <translation>Kein Gedächtnis passt zu „{0}“.</translation>
    </message>
</context>
<context>
    <name>MemoryDetails</name>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Recall before</source>
        <translation>Erinnerung vorher</translation>
    </message>
    <message>
        <source>Recall after</source>
        <translation>Erinnerung nachher</translation>
    </message>
    <message>
        <source>Recall by page</source>
        <translation>Erinnerung nach Seiten</translation>
    </message>
    <message>
        <source>Choose a memory to see what it knows.</source>
        <translation>Wählen Sie ein Gedächtnis, um zu sehen, was es weiß.</translation>
    </message>
    <message>
        <source>{0} are chosen.</source>
        <translation>{0} sind ausgewählt.</translation>
    </message>
    <message>
        <source>This memory is not finished; it knows nothing yet.</source>
        <translation>Dieses Gedächtnis ist nicht fertig; es weiß noch nichts.</translation>
    </message>
    <message>
        <source>What it knows of “{0}” · recalled {1} before, {2} after</source>
        <translation>Was es von „{0}“ weiß · Erinnerung vorher {1}, nachher {2}</translation>
    </message>
    <message>
        <source>Questions ({0})</source>
        <translation>Fragen ({0})</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
</context>
<context>
    <name>MethodChoice</name>
    <message>
        <source>More ways to learn</source>
        <translation>Weitere Lernwege</translation>
    </message>
    <message>
        <source>Way of learning</source>
        <translation>Lernweg</translation>
    </message>
</context>
<context>
    <name>ModeSwitch</name>
    <message>
        <source>Answer from</source>
        <translation>Antworten aus</translation>
    </message>
    <message>
        <source>Learn this document…</source>
        <translation>Dieses Dokument lernen…</translation>
    </message>
    <message>
        <source>Answers from the pages. Memory and Both need the document to be learned first.</source>
        <translation>Antwortet aus den Seiten. Für Gedächtnis und Beides muss das Dokument zuerst gelernt werden.</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Progress of getting {0}</source>
        <translation>Fortschritt beim Holen von {0}</translation>
    </message>
    <message>
        <source>Get</source>
        <translation>Holen</translation>
    </message>
    <message>
        <source>Get {0}</source>
        <translation>{0} holen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Pause getting {0}</source>
        <translation>Holen von {0} unterbrechen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop getting {0}</source>
        <translation>Holen von {0} anhalten</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Entfernen…</translation>
    </message>
    <message>
        <source>Remove {0}</source>
        <translation>{0} entfernen</translation>
    </message>
    <message>
        <source>In the data folder</source>
        <translation>Im Datenordner</translation>
    </message>
    <message>
        <source>licence {0}</source>
        <translation>Lizenz {0}</translation>
    </message>
    <message>
        <source>asks for an access token</source>
        <translation>verlangt ein Zugriffstoken</translation>
    </message>
    <message>
        <source>{0} and many more</source>
        <translation>{0} und viele weitere</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} und {1} weitere</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>Verwerfen…</translation>
    </message>
    <message>
        <source>Take off the list…</source>
        <translation>Von der Liste nehmen…</translation>
    </message>
    <message>
        <source>The folder is not there any more.</source>
        <translation>Der Ordner ist nicht mehr da.</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>Auf diesem Computer</translation>
    </message>
    <message>
        <source>Paused · {0} of {1} are here</source>
        <translation>Angehalten · {0} von {1} sind da</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Not on this computer · {0} to download</source>
        <translation>Nicht auf diesem Computer · {0} herunterzuladen</translation>
    </message>
    <message>
        <source>The download is complete and kept; it has to be prepared.</source>
        <translation>Der Download ist vollständig und bleibt; er muss noch vorbereitet werden.</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>Vorbereiten</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Beginnt…</translation>
    </message>
    <message>
        <source>You can pause it; what has come is kept.</source>
        <translation>Sie können es anhalten; was schon da ist, bleibt.</translation>
    </message>
    <message>
        <source>When you stop it now, it begins again from the start.</source>
        <translation>Wenn Sie es jetzt anhalten, beginnt es wieder von vorn.</translation>
    </message>
    <message>
        <source>The download is complete; it is kept when you stop now.</source>
        <translation>Der Download ist vollständig; er bleibt, wenn Sie jetzt anhalten.</translation>
    </message>
    <message>
        <source>Take {0} off the list?</source>
        <translation>{0} von der Liste nehmen?</translation>
    </message>
    <message>
        <source>Its files in {0} stay where they are.</source>
        <translation>Seine Dateien in {0} bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>&amp;Take off the list</source>
        <translation>Von der &amp;Liste nehmen</translation>
    </message>
    <message>
        <source>Discard what has come of {0}?</source>
        <translation>Verwerfen, was von {0} schon da ist?</translation>
    </message>
    <message>
        <source>{0} are erased; the next download begins from the start.</source>
        <translation>{0} werden gelöscht; der nächste Download beginnt von vorn.</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>Ver&amp;werfen</translation>
    </message>
    <message>
        <source>Remove {0} from this computer?</source>
        <translation>{0} von diesem Computer entfernen?</translation>
    </message>
    <message>
        <source>Its files are erased ({0}).</source>
        <translation>Seine Dateien werden gelöscht ({0}).</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>These documents have a memory that works with this model alone, and cannot be asked from memory without it: {0}.</source>
        <translation>Diese Dokumente haben ein Gedächtnis, das nur mit diesem Modell funktioniert, und können ohne es nicht aus dem Gedächtnis befragt werden: {0}.</translation>
    </message>
    <message>
        <source>{0} more</source>
        <translation>{0} weitere</translation>
    </message>
    <message>
        <source>{0} are free again.</source>
        <translation>{0} sind wieder frei.</translation>
    </message>
</context>
<context>
    <name>ModelFetch</name>
    <message>
        <source>Use the network to get {0}?</source>
        <translation>Das Netzwerk nutzen, um {0} zu holen?</translation>
    </message>
    <message>
        <source>The network is switched off. It is used for this download alone, and the download is written into the list in Settings, Privacy.</source>
        <translation>Das Netzwerk ist ausgeschaltet. Es wird nur für diesen Download genutzt, und der Download wird in die Liste unter Einstellungen, Datenschutz geschrieben.</translation>
    </message>
    <message>
        <source>&amp;Download</source>
        <translation>&amp;Herunterladen</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Model for learning and asking</source>
        <translation>Modell zum Lernen und Fragen</translation>
    </message>
    <message>
        <source>A memory works with the model that it was made with, whichever is chosen here.</source>
        <translation>Ein Gedächtnis arbeitet mit dem Modell, mit dem es entstanden ist, gleich welches hier gewählt ist.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>No model matches the search.</source>
        <translation>Kein Modell passt zur Suche.</translation>
    </message>
    <message>
        <source>Search names, languages, licences</source>
        <translation>Namen, Sprachen, Lizenzen durchsuchen</translation>
    </message>
    <message>
        <source>Search the models</source>
        <translation>Modelle durchsuchen</translation>
    </message>
    <message>
        <source>Add a &amp;folder…</source>
        <translation>&amp;Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>A folder with a language model that lies on this computer already</source>
        <translation>Ein Ordner mit einem Sprachmodell, der schon auf diesem Computer liegt</translation>
    </message>
    <message>
        <source>Access &amp;token…</source>
        <translation>Zugriffs&amp;token…</translation>
    </message>
    <message>
        <source>For models that are given only to those who accepted their licence</source>
        <translation>Für Modelle, die nur erhält, wer ihre Lizenz angenommen hat</translation>
    </message>
    <message>
        <source>For a model in the Hugging Face format (safetensors). The folder stays where it is.</source>
        <translation>Für ein Modell im Format von Hugging Face (safetensors). Der Ordner bleibt, wo er ist.</translation>
    </message>
    <message>
        <source>{0} (not here yet)</source>
        <translation>{0} (noch nicht da)</translation>
    </message>
    <message>
        <source>Choose a folder with a model</source>
        <translation>Ordner mit einem Modell wählen</translation>
    </message>
    <message>
        <source>Checking {0}…</source>
        <translation>{0} wird geprüft…</translation>
    </message>
    <message>
        <source>{0} is added; it takes {1}.</source>
        <translation>{0} ist hinzugefügt; es belegt {1}.</translation>
    </message>
    <message>
        <source>The folder was not added.</source>
        <translation>Der Ordner wurde nicht hinzugefügt.</translation>
    </message>
</context>
<context>
    <name>MoveDialog</name>
    <message>
        <source>Move the data folder</source>
        <translation>Datenordner verschieben</translation>
    </message>
    <message>
        <source>Choose where your documents, memories and models shall be kept.</source>
        <translation>Wählen Sie, wo Ihre Dokumente, Gedächtnisse und Modelle liegen sollen.</translation>
    </message>
    <message>
        <source>No folder chosen yet</source>
        <translation>Noch kein Ordner gewählt</translation>
    </message>
    <message>
        <source>New data folder</source>
        <translation>Neuer Datenordner</translation>
    </message>
    <message>
        <source>Progress of the move</source>
        <translation>Fortschritt des Verschiebens</translation>
    </message>
    <message>
        <source>Now in {0}</source>
        <translation>Jetzt in {0}</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>&amp;Wählen…</translation>
    </message>
    <message>
        <source>&amp;Move</source>
        <translation>&amp;Verschieben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Choose the new data folder</source>
        <translation>Neuen Datenordner wählen</translation>
    </message>
    <message>
        <source>{0} will be copied; {1} are free there.</source>
        <translation>{0} werden kopiert; {1} sind dort frei.</translation>
    </message>
    <message>
        <source>After that, LIFT Desktop starts again with the new folder.</source>
        <translation>Danach startet LIFT Desktop mit dem neuen Ordner neu.</translation>
    </message>
    <message>
        <source>There is not enough space. </source>
        <translation>Der Platz reicht nicht. </translation>
    </message>
    <message>
        <source>A document is being learned.</source>
        <translation>Ein Dokument wird gerade gelernt.</translation>
    </message>
    <message>
        <source>Pause it, then try again.</source>
        <translation>Halten Sie es an und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The program is still at work on a file, an answer or a download.</source>
        <translation>Das Programm arbeitet noch an einer Datei, einer Antwort oder einem Download.</translation>
    </message>
    <message>
        <source>Wait until that is done, then try again.</source>
        <translation>Warten Sie, bis das fertig ist, und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <source>Copying…</source>
        <translation>Wird kopiert…</translation>
    </message>
    <message>
        <source>Comparing the copy…</source>
        <translation>Die Kopie wird verglichen…</translation>
    </message>
    <message>
        <source>Nothing was moved; all is as it was.</source>
        <translation>Nichts wurde verschoben; alles ist, wie es war.</translation>
    </message>
    <message>
        <source>Stopped; all is as it was.</source>
        <translation>Angehalten; alles ist, wie es war.</translation>
    </message>
</context>
<context>
    <name>NoDocument</name>
    <message>
        <source>Ask a document</source>
        <translation>Ein Dokument fragen</translation>
    </message>
    <message>
        <source>Open a document from the library, then ask about it here.</source>
        <translation>Öffnen Sie ein Dokument aus der Bibliothek und stellen Sie hier Fragen dazu.</translation>
    </message>
</context>
<context>
    <name>NoModel</name>
    <message>
        <source>No model on this computer yet</source>
        <translation>Noch kein Modell auf diesem Computer</translation>
    </message>
    <message>
        <source>A model writes the answers. It is fetched once and then works without a network.</source>
        <translation>Ein Modell schreibt die Antworten. Es wird einmal geholt und arbeitet dann ohne Netzwerk.</translation>
    </message>
</context>
<context>
    <name>NoQuestions</name>
    <message>
        <source>Ask about “{0}”</source>
        <translation>Fragen Sie zu „{0}“</translation>
    </message>
    <message>
        <source>Under each answer stand the pages that support it. You could begin with:</source>
        <translation>Unter jeder Antwort stehen die Seiten, die sie belegen. Sie könnten so beginnen:</translation>
    </message>
</context>
<context>
    <name>NothingFound</name>
    <message>
        <source>Show all documents</source>
        <translation>Alle Dokumente zeigen</translation>
    </message>
    <message>
        <source>No document with the tag “{0}” matches “{1}”.</source>
        <translation>Kein Dokument mit dem Schlagwort „{0}“ passt zu „{1}“.</translation>
    </message>
    <message>
        <source>No document has the tag “{0}”.</source>
        <translation>Kein Dokument hat das Schlagwort „{0}“.</translation>
    </message>
    <message>
        <source>No document matches “{0}”.</source>
        <translation>Kein Dokument passt zu „{0}“.</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Dismiss: {0}</source>
        <translation>Ausblenden: {0}</translation>
    </message>
</context>
<context>
    <name>NoticeList</name>
    <message>
        <source>Dismiss all</source>
        <translation>Alle ausblenden</translation>
    </message>
</context>
<context>
    <name>PageBox</name>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Go to a page: its number, or what is printed on it</source>
        <translation>Zu einer Seite gehen: ihre Nummer, oder was auf ihr gedruckt steht</translation>
    </message>
    <message>
        <source>Printed on this page: {0}</source>
        <translation>Auf dieser Seite gedruckt: {0}</translation>
    </message>
</context>
<context>
    <name>PageView</name>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Scroll sideways</source>
        <translation>Seitwärts rollen</translation>
    </message>
    <message>
        <source>Scroll through the pages</source>
        <translation>Durch die Seiten rollen</translation>
    </message>
    <message>
        <source>Page {0} of {1}</source>
        <translation>Seite {0} von {1}</translation>
    </message>
</context>
<context>
    <name>PasswordNotice</name>
    <message>
        <source>Password of {0}</source>
        <translation>Passwort von {0}</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Skip this file</source>
        <translation>Diese Datei überspringen</translation>
    </message>
    <message>
        <source>This password does not open “{0}”. Capitals matter.</source>
        <translation>Dieses Passwort öffnet „{0}“ nicht. Auf Großschreibung achten.</translation>
    </message>
    <message>
        <source>“{0}” is protected by a password.</source>
        <translation>„{0}“ ist durch ein Passwort geschützt.</translation>
    </message>
    <message>
        <source>This document is protected</source>
        <translation>Dieses Dokument ist geschützt</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>This password does not open the document. Check it; capitals matter.</source>
        <translation>Dieses Passwort öffnet das Dokument nicht. Prüfen Sie es; auf Großschreibung achten.</translation>
    </message>
    <message>
        <source>Its password is needed to show the pages. It is kept only until LIFT Desktop is closed.</source>
        <translation>Sein Passwort wird gebraucht, um die Seiten zu zeigen. Es wird nur behalten, bis LIFT Desktop geschlossen wird.</translation>
    </message>
</context>
<context>
    <name>PrivacyPage</name>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>Nothing of your documents, questions and answers leaves this computer. The network is used to download models, and for nothing else. While it is off, a download asks first.</source>
        <translation>Nichts von Ihren Dokumenten, Fragen und Antworten verlässt diesen Computer. Das Netzwerk dient dem Herunterladen von Modellen und nichts anderem. Solange es aus ist, fragt ein Download zuerst.</translation>
    </message>
    <message>
        <source>&amp;Allow downloads without asking each time</source>
        <translation>Downloads ohne Nachfrage &amp;erlauben</translation>
    </message>
    <message>
        <source>Reading, learning and answering run in processes of their own, which are always cut off from the network.</source>
        <translation>Lesen, Lernen und Antworten laufen in eigenen Prozessen, die immer vom Netzwerk getrennt sind.</translation>
    </message>
    <message>
        <source>What is stored where</source>
        <translation>Was wo gespeichert ist</translation>
    </message>
    <message>
        <source>Every attempt to use the network</source>
        <translation>Jeder Versuch, das Netzwerk zu nutzen</translation>
    </message>
    <message>
        <source>&amp;Refresh</source>
        <translation>&amp;Aktualisieren</translation>
    </message>
    <message>
        <source>&amp;Clear the list…</source>
        <translation>&amp;Liste leeren…</translation>
    </message>
    <message>
        <source>{0} attempts, {1} of them refused. The list holds no text of your documents.</source>
        <translation>{0} Versuche, davon {1} verweigert. Die Liste enthält keinen Text Ihrer Dokumente.</translation>
    </message>
    <message>
        <source>Nothing has tried to use the network.</source>
        <translation>Nichts hat versucht, das Netzwerk zu nutzen.</translation>
    </message>
    <message>
        <source>Clear the list of attempts?</source>
        <translation>Die Liste der Versuche leeren?</translation>
    </message>
    <message>
        <source>It cannot be brought back.</source>
        <translation>Sie kann nicht wiederhergestellt werden.</translation>
    </message>
    <message>
        <source>&amp;Clear</source>
        <translation>Lee&amp;ren</translation>
    </message>
    <message>
        <source>Everything is in {0}{1}, readable by you alone:</source>
        <translation>Alles ist in {0}{1}, nur von Ihnen lesbar:</translation>
    </message>
    <message>
        <source>• documents: a copy of each file that you added</source>
        <translation>• documents: eine Kopie jeder Datei, die Sie hinzugefügt haben</translation>
    </message>
    <message>
        <source>• library.sqlite3: their text, your chats and your settings</source>
        <translation>• library.sqlite3: ihr Text, Ihre Chats und Ihre Einstellungen</translation>
    </message>
    <message>
        <source>• memories: what was learned, with the questions written for it</source>
        <translation>• memories: das Gelernte mit den Fragen, die dafür geschrieben wurden</translation>
    </message>
    <message>
        <source>• models: the models that you got</source>
        <translation>• models: die Modelle, die Sie geholt haben</translation>
    </message>
    <message>
        <source>• logs: what the program did, without any text of yours; and the list above</source>
        <translation>• logs: was das Programm getan hat, ohne Ihre Texte; und die Liste oben</translation>
    </message>
</context>
<context>
    <name>ProblemCard</name>
    <message>
        <source>Stopped before the answer began.</source>
        <translation>Angehalten, bevor die Antwort begann.</translation>
    </message>
    <message>
        <source>Stopped. What was answered before stays.</source>
        <translation>Angehalten. Was vorher geantwortet wurde, bleibt.</translation>
    </message>
    <message>
        <source>Answer from the pages</source>
        <translation>Aus den Seiten antworten</translation>
    </message>
    <message>
        <source>Learn again…</source>
        <translation>Erneut lernen…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Forget this question</source>
        <translation>Diese Frage vergessen</translation>
    </message>
</context>
<context>
    <name>ProblemDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ist schiefgegangen</translation>
    </message>
    <message>
        <source>Something in LIFT Desktop did not work as it should.</source>
        <translation>Etwas in LIFT Desktop hat nicht so funktioniert, wie es sollte.</translation>
    </message>
    <message>
        <source>Your documents and finished memories are safe on the disk. What you just did may not have been done; you can go on, or quit and start again.</source>
        <translation>Ihre Dokumente und fertigen Gedächtnisse sind sicher auf der Festplatte. Was Sie eben getan haben, ist vielleicht nicht geschehen; Sie können weitermachen oder beenden und neu starten.</translation>
    </message>
    <message>
        <source>The report below helps to find the mistake. It holds no text of your documents, questions or answers, and it is not sent anywhere unless you send it.</source>
        <translation>Der Bericht unten hilft, den Fehler zu finden. Er enthält keinen Text Ihrer Dokumente, Fragen oder Antworten und wird nirgendwohin gesendet, wenn nicht Sie ihn senden.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>{0} things in LIFT Desktop did not work as they should.</source>
        <translation>{0} Dinge in LIFT Desktop haben nicht so funktioniert, wie sie sollten.</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>Bericht &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>C&amp;ontinue</source>
        <translation>&amp;Weitermachen</translation>
    </message>
</context>
<context>
    <name>QueueWatch</name>
    <message>
        <source>“{0}” could not be learned</source>
        <translation>„{0}“ konnte nicht gelernt werden</translation>
    </message>
    <message>
        <source>Learning “{0}” was interrupted</source>
        <translation>Das Lernen von „{0}“ wurde unterbrochen</translation>
    </message>
    <message>
        <source>The memory of “{0}” is weak</source>
        <translation>Das Gedächtnis von „{0}“ ist schwach</translation>
    </message>
    <message>
        <source>“{0}” is learned</source>
        <translation>„{0}“ ist gelernt</translation>
    </message>
    <message>
        <source>recalls {0} (before: {1})</source>
        <translation>erinnert sich an {0} (vorher: {1})</translation>
    </message>
</context>
<context>
    <name>ReaderBar</name>
    <message>
        <source>Reader</source>
        <translation>Leseansicht</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>of {0} pages</source>
        <translation>von {0} Seiten</translation>
    </message>
    <message>
        <source>Zoom {0}</source>
        <translation>Zoom {0}</translation>
    </message>
</context>
<context>
    <name>ReaderPane</name>
    <message>
        <source>Reader</source>
        <translation>Leseansicht</translation>
    </message>
    <message>
        <source>Add the file to the library once more, then try again. Memories and chats are still there.</source>
        <translation>Fügen Sie die Datei noch einmal zur Bibliothek hinzu, dann versuchen Sie es erneut. Gedächtnisse und Chats sind noch da.</translation>
    </message>
    <message>
        <source>{0} is gone from the data folder.</source>
        <translation>{0} fehlt im Datenordner.</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Wird gelesen…</translation>
    </message>
    <message>
        <source>There is no page “{0}”.</source>
        <translation>Es gibt keine Seite „{0}“.</translation>
    </message>
    <message>
        <source>The process that draws the pages has ended; it was started again.</source>
        <translation>Der Prozess, der die Seiten zeichnet, wurde beendet; er wurde neu gestartet.</translation>
    </message>
</context>
<context>
    <name>ReadingBanner</name>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Do not add this file; go on with the next one</source>
        <translation>Diese Datei nicht hinzufügen; mit der nächsten weitermachen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Reading {0}, page {1} of {2}</source>
        <translation>{0} wird gelesen, Seite {1} von {2}</translation>
    </message>
    <message>
        <source>Importing {0}</source>
        <translation>{0} wird importiert</translation>
    </message>
    <message>
        <source>Opening {0}</source>
        <translation>{0} wird geöffnet</translation>
    </message>
    <message>
        <source>{0} waiting</source>
        <translation>{0} warten</translation>
    </message>
</context>
<context>
    <name>RecallBars</name>
    <message>
        <source>Recall before learning {0}, after it {1}</source>
        <translation>Erinnerung vor dem Lernen {0}, danach {1}</translation>
    </message>
</context>
<context>
    <name>RecallLegend</name>
    <message>
        <source>The memory recalls of a page:</source>
        <translation>Von einer Seite weiß das Gedächtnis:</translation>
    </message>
    <message>
        <source>not asked</source>
        <translation>nicht gefragt</translation>
    </message>
</context>
<context>
    <name>RecallStrip</name>
    <message>
        <source>What the memory recalls of each page</source>
        <translation>Was das Gedächtnis von jeder Seite weiß</translation>
    </message>
    <message>
        <source>Page {0}: not asked</source>
        <translation>Seite {0}: nicht gefragt</translation>
    </message>
    <message>
        <source>1 question</source>
        <translation>1 Frage</translation>
    </message>
    <message>
        <source>{0} questions</source>
        <translation>{0} Fragen</translation>
    </message>
    <message>
        <source>Page {0}: recalls {1} ({2})</source>
        <translation>Seite {0}: erinnert sich an {1} ({2})</translation>
    </message>
</context>
<context>
    <name>RowDelegate</name>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Search titles, authors, tags</source>
        <translation>Titel, Verfasser, Schlagwörter</translation>
    </message>
    <message>
        <source>Search the library</source>
        <translation>Bibliothek durchsuchen</translation>
    </message>
</context>
<context>
    <name>SelectionBar</name>
    <message>
        <source>What to do with the selected words</source>
        <translation>Was mit den ausgewählten Wörtern geschehen soll</translation>
    </message>
</context>
<context>
    <name>SelectionTools</name>
    <message>
        <source>About “{0}”: </source>
        <translation>Zu „{0}“: </translation>
    </message>
    <message>
        <source>Explain in plain words: “{0}”</source>
        <translation>Erkläre in einfachen Worten: „{0}“</translation>
    </message>
    <message>
        <source>Summarise: “{0}”</source>
        <translation>Fasse zusammen: „{0}“</translation>
    </message>
    <message>
        <source>Only the first {0} words were taken.</source>
        <translation>Nur die ersten {0} Wörter wurden übernommen.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Datenschutz</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
</context>
<context>
    <name>ShortcutsSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>Was geschieht</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>The model that new memories are made with: click to choose</source>
        <translation>Das Modell, mit dem neue Gedächtnisse entstehen: zum Wählen klicken</translation>
    </message>
    <message>
        <source>processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>graphics card</source>
        <translation>Grafikkarte</translation>
    </message>
    <message>
        <source>Apple graphics</source>
        <translation>Apple-Grafik</translation>
    </message>
    <message>
        <source>on the {0}</source>
        <translation>rechnet auf: {0}</translation>
    </message>
    <message>
        <source>Model: {0}</source>
        <translation>Modell: {0}</translation>
    </message>
    <message>
        <source>Network on</source>
        <translation>Netzwerk an</translation>
    </message>
    <message>
        <source>Network off</source>
        <translation>Netzwerk aus</translation>
    </message>
    <message>
        <source>Downloads of models may use the network.</source>
        <translation>Downloads von Modellen dürfen das Netzwerk nutzen.</translation>
    </message>
    <message>
        <source>Nothing leaves this computer. Click to see every attempt.</source>
        <translation>Nichts verlässt diesen Computer. Klicken zeigt jeden Versuch.</translation>
    </message>
</context>
<context>
    <name>SuggestionButton</name>
    <message>
        <source>Ask this</source>
        <translation>Dies fragen</translation>
    </message>
</context>
<context>
    <name>TagsDialog</name>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>New tag</source>
        <translation>Neues Schlagwort</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Tags of {0}</source>
        <translation>Schlagwörter von {0}</translation>
    </message>
</context>
<context>
    <name>TokenDialog</name>
    <message>
        <source>Access token</source>
        <translation>Zugriffstoken</translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation>&amp;Behalten</translation>
    </message>
    <message>
        <source>&amp;Forget the token</source>
        <translation>Token &amp;vergessen</translation>
    </message>
    <message>
        <source>Some models are given only to those who accepted their licence. Sign in at huggingface.co, accept the licence on the model’s page, and make an access token of the kind “read”. Paste it here.</source>
        <translation>Manche Modelle erhält nur, wer ihre Lizenz angenommen hat. Melden Sie sich bei huggingface.co an, nehmen Sie die Lizenz auf der Seite des Modells an und erstellen Sie ein Zugriffstoken der Art „read“. Fügen Sie es hier ein.</translation>
    </message>
    <message>
        <source>Open the model’s page</source>
        <translation>Seite des Modells öffnen</translation>
    </message>
    <message>
        <source>Open the page for tokens</source>
        <translation>Seite für Token öffnen</translation>
    </message>
    <message>
        <source>It is kept in the keyring of your computer, and sent to the model hub alone, when such a model is downloaded. These pages open in your browser.</source>
        <translation>Es liegt im Schlüsselbund Ihres Computers und wird nur dann an das Modellverzeichnis gesendet, wenn ein solches Modell heruntergeladen wird. Diese Seiten öffnen sich in Ihrem Browser.</translation>
    </message>
    <message>
        <source>The access token is forgotten.</source>
        <translation>Das Zugriffstoken ist vergessen.</translation>
    </message>
    <message>
        <source>There was no access token.</source>
        <translation>Es gab kein Zugriffstoken.</translation>
    </message>
</context>
<context>
    <name>ToolBar</name>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>Questions and answers</source>
        <translation>Fragen und Antworten</translation>
    </message>
    <message>
        <source>Show earlier ({0})</source>
        <translation>Frühere zeigen ({0})</translation>
    </message>
</context>
<context>
    <name>Trouble</name>
    <message>
        <source>This page could not be drawn</source>
        <translation>Diese Seite konnte nicht gezeichnet werden</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Try again to draw page {0}</source>
        <translation>Erneut versuchen, Seite {0} zu zeichnen</translation>
    </message>
</context>
<context>
    <name>TurnView</name>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Waits for the answer before it…</source>
        <translation>Wartet auf die Antwort davor…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird angehalten…</translation>
    </message>
    <message>
        <source>Reading passage {0} of {1}…</source>
        <translation>Textstelle {0} von {1} wird gelesen…</translation>
    </message>
    <message>
        <source>Getting the model ready…</source>
        <translation>Das Modell wird bereit gemacht…</translation>
    </message>
    <message>
        <source>Remembering…</source>
        <translation>Erinnert sich…</translation>
    </message>
    <message>
        <source>Looking through the pages…</source>
        <translation>Sieht die Seiten durch…</translation>
    </message>
    <message>
        <source>Remembering, and looking through the pages…</source>
        <translation>Erinnert sich und sieht die Seiten durch…</translation>
    </message>
    <message>
        <source>Edit question</source>
        <translation>Frage ändern</translation>
    </message>
    <message>
        <source>Edit the question and ask it again</source>
        <translation>Die Frage ändern und neu stellen</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Edited question</source>
        <translation>Geänderte Frage</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Neu fragen</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>Antwort kopieren</translation>
    </message>
    <message>
        <source>Copy the answer with its pages</source>
        <translation>Die Antwort mit ihren Seiten kopieren</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>Neu antworten</translation>
    </message>
    <message>
        <source>Answer again, in the chosen mode</source>
        <translation>Im gewählten Modus neu antworten</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete this question and its answer</source>
        <translation>Diese Frage und ihre Antwort löschen</translation>
    </message>
</context>
<context>
    <name>WelcomeStep</name>
    <message>
        <source>Read, learn, ask</source>
        <translation>Lesen, lernen, fragen</translation>
    </message>
    <message>
        <source>LIFT Desktop reads a contract, a report or a book with you, learns it, and answers your questions with the pages that prove each answer.</source>
        <translation>LIFT Desktop liest mit Ihnen einen Vertrag, einen Bericht oder ein Buch, lernt es und beantwortet Ihre Fragen mit den Seiten, die jede Antwort belegen.</translation>
    </message>
    <message>
        <source>You open a document</source>
        <translation>Sie öffnen ein Dokument</translation>
    </message>
    <message>
        <source>A copy of it is kept in your data folder. You can read it and ask about its pages at once.</source>
        <translation>Eine Kopie davon liegt in Ihrem Datenordner. Sie können es sofort lesen und zu seinen Seiten fragen.</translation>
    </message>
    <message>
        <source>You let it be learned</source>
        <translation>Sie lassen es lernen</translation>
    </message>
    <message>
        <source>The program writes questions about each page and practises on them until it knows the document. The result is a memory, which you can keep, pass on or erase.</source>
        <translation>Das Programm schreibt Fragen zu jeder Seite und übt mit ihnen, bis es das Dokument kennt. Das Ergebnis ist ein Gedächtnis, das Sie behalten, weitergeben oder löschen können.</translation>
    </message>
    <message>
        <source>You ask</source>
        <translation>Sie fragen</translation>
    </message>
    <message>
        <source>Under each answer stand the pages that support it; if none does, the program says so.</source>
        <translation>Unter jeder Antwort stehen die Seiten, die sie belegen; gibt es keine, sagt das Programm es.</translation>
    </message>
    <message>
        <source>Nothing leaves this computer</source>
        <translation>Nichts verlässt diesen Computer</translation>
    </message>
    <message>
        <source>Everything is done here, without the internet. The network is used only to download a model, when you ask for it, and every attempt to use it is listed in the settings.</source>
        <translation>Alles geschieht hier, ohne das Internet. Das Netzwerk wird nur genutzt, um ein Modell herunterzuladen, wenn Sie es wünschen, und jeder Versuch, es zu nutzen, steht in den Einstellungen.</translation>
    </message>
</context>
</TS>
