;;; eglot.el --- The language server in Emacs, with the configuration of docs/editors.md; `npm run e2e` runs it  -*- lexical-binding: t -*-
;;   emacs --batch -q -l test/e2e/eglot.el
;; REVSAFE_CONFIGURATION is the configuration, REVSAFE_FILE samples/drivers/dice_module.c in a folder of its own; `revsafe' is on
;; the path.  Says what Emacs shows; the last line is OK.

(require 'cl-lib)
(require 'package)
(package-initialize)
(require 'eglot)

(load (getenv "REVSAFE_CONFIGURATION"))

(setq eglot-sync-connect 60
      eglot-confirm-server-initiated-edits nil
      make-backup-files nil)

(defun say (format &rest arguments)
  (princ (concat (apply #'format format arguments) "\n")))

(defun eventually (what look)
  "Wait until LOOK answers something, and answer it; WHAT names it."
  (let ((end (+ (float-time) 60)) seen)
    (while (not (setq seen (funcall look)))
      (when (> (float-time) end) (error "Not within 60 s: %s" what))
      (accept-process-output nil 0.05))
    seen))

(defun finding ()
  "The diagnostic of the operations table."
  (cl-find-if (lambda (one) (string-match-p "dice_fops has no .owner" (flymake-diagnostic-text one)))
              (flymake-diagnostics)))

(find-file (getenv "REVSAFE_FILE"))
(c-mode)
(apply #'eglot--connect (eglot--guess-contact))
(flymake-start)

(let ((found (eventually "a diagnostic" #'finding)))
  (goto-char (flymake-diagnostic-beg found))
  (say "diagnostic %d:%d %s %s" (line-number-at-pos) (current-column) (flymake-diagnostic-type found)
       (car (split-string (flymake-diagnostic-text found) "\n")))
  (cl-assert (= (line-number-at-pos) 38)))

(save-excursion
  (goto-char (point-min))
  (search-forward "\tmisc_deregister(")
  (backward-char 3)
  (let (hover)
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq hover text)))
    (say "hover %s" (car (split-string (eventually "a hover" (lambda () hover)) "\n")))))

(cl-letf (((symbol-function 'completing-read)
           (lambda (_prompt titles &rest _)
             (cl-find-if (lambda (title) (string-prefix-p "Set the owner" title)) (all-completions "" titles))))
          (last-nonmenu-event t))
  (eglot-code-actions (line-beginning-position) (line-end-position) "quickfix" t))
(forward-line 1)
(let ((line (buffer-substring (line-beginning-position) (line-end-position))))
  (say "line 39 %s" (string-trim line))
  (cl-assert (equal line "\t.owner = THIS_MODULE,")))
;; Saving sends the edit: batch mode is never idle, which is when Eglot sends edits else.
(save-buffer)
(eventually "no diagnostic" (lambda () (not (finding))))
(eglot-shutdown (eglot-current-server))
(say "OK")
