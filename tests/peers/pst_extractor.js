// Prints how many messages pst-extractor finds in the folders of a file.
'use strict'
const { PSTFile } = require('pst-extractor')

let messages = 0

function walk(folder) {
	if (folder.hasSubfolders)
		for (const child of folder.getSubFolders())
			walk(child)
	if (folder.contentCount > 0)
		for (let item = folder.getNextChild(); item != null; item = folder.getNextChild())
			messages++
}

walk(new PSTFile(process.argv[2]).getRootFolder())
console.log(messages)
